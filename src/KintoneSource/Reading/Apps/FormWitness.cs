using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Apps;

/// <summary>
/// Says of fields that no record of a page has whether the app still has them. Kintone leaves out what may not be viewed, and just as silently what it is
/// asked for by a code that was changed meanwhile: whoever takes the one for the other overwrites good values with nulls.
/// </summary>
/// <param name="before">The form that the scan goes by.</param>
sealed class FormWitness(KintoneApp app, Form before)
{
    readonly Lock _lock = new();
    readonly HashSet<string> _unasked = CodesOf(before, static f => f.Enabled); // a status without its process is in no record
    Task _answer = Task.CompletedTask;

    /// <summary>The form as it is now.</summary>
    /// <param name="hasPage">As <see cref="Kintone.Http.BodyLimit.HasPage"/>.</param>
    public static Task<Form> ReadFormAsync(KintoneApp app, CancellationToken ct, bool hasPage = false) =>
        app.ReadResourceAsync("app/form/fields", "app", static answer => Form.Parse(answer.Body.Memory), ct, hasPage);

    /// <param name="absent">Codes of fields. Each is asked about once: one that is in the form is hidden, and stays so for this scan.</param>
    /// <exception cref="TransientException">The app has some of them no more.</exception>
    public Task EnsureKnownAsync(IEnumerable<string> absent, CancellationToken ct)
    {
        lock (_lock)
        {
            string[] codes = [.. absent.Where(_unasked.Remove)];
            return codes.Length == 0 ? _answer : _answer = AskAsync(_answer, codes, ct);
        }
    }

    async Task AskAsync(Task earlier, string[] codes, CancellationToken ct)
    {
        await earlier;
        var now = CodesOf(await ReadFormAsync(app, ct, hasPage: true), static _ => true);
        string[] gone = [.. codes.Where(code => !now.Contains(code)).Order(StringComparer.Ordinal)];
        if (gone.Length == 0) return;
        throw new TransientException(
            $"While {app.Address.Name} was read, its form was changed: no field has the code {string.Join(" or ", gone)} any more. "
            + "No record was delivered with nulls in their place; what came before is kept, and the next sync goes on from there by the form as it is then.");
    }

    static HashSet<string> CodesOf(Form form, Func<FormField, bool> isWanted) =>
        [.. form.Fields.Where(isWanted).SelectMany(static f => f.Fields.Prepend(f)).Select(static f => f.Code)];
}
