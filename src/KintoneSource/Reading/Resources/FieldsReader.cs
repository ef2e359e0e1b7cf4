using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Resources;

/// <summary>
/// Reads the stream <c>app_fields</c>: a request for the form of each app, one for its layout, one for each language, and one for a name that is not
/// known yet.
/// </summary>
/// <param name="names">What columns the fields of an app became.</param>
/// <param name="languages">As Kintone writes them.</param>
sealed class FieldsReader(ResourceRun run, Func<long, Form, FormNames> names, StreamNames streams, IReadOnlyList<string> languages)
{
    const string FormPath = "app/form/fields", LayoutPath = "app/form/layout";

    readonly string[] _translations = run.IsSelected(DataDictionary.Labels) ? [.. languages] : [];

    readonly bool _needsNames = run.IsSelected(DataDictionary.AppName)
        || (streams.ShowApps && (run.IsSelected(DataDictionary.Stream) || run.IsSelected(DataDictionary.TableStream)));

    /// <param name="apps">With their names, where a list told them.</param>
    public Task ReadAsync(IReadOnlyList<(AppAddress Address, string? Name)> apps, CancellationToken ct) =>
        run.AskAllAsync(apps, "app", static app => app.Address.App, DescribeAsync, ct);

    async Task<ResourceRow[]> DescribeAsync((AppAddress Address, string? Name) app, CancellationToken ct)
    {
        var name = app.Name is null && _needsNames ? NameAsync(app.Address, ct) : Task.FromResult(app.Name);
        var forms = Task.WhenAll(_translations.Select(language => FormAsync(app.Address, language, ct)).Prepend(FormAsync(app.Address, null, ct)));
        var layout = run.IsSelected(DataDictionary.Position) ? LayoutAsync(app.Address, ct) : Task.FromResult((FormLayout.None, (KintoneException?)null));
        await Task.WhenAll(forms, name, layout);
        var (form, translated) = ((await forms)[0], (await forms)[1..]);
        var (places, refused) = await layout;
        if (refused is not null)
        {
            await run.Output.NoteAsync(
                LogLevel.Warn, $"{DataDictionary.Position} of {run.Stream.Name} is missing",
                $"{run.Stream.Name}: {DataDictionary.Position} is null for {app.Address.Name}. {refused.Message}", ct);
        }
        var described = new AppForm(app.Address.App, await name, form, [.. _translations.Zip(translated)]) { Layout = places };
        return [.. DataDictionary.Rows(described, names(app.Address.App, form), streams, run.Selected).Select(static row => new ResourceRow(row))];
    }

    Task<Form> FormAsync(AppAddress app, string? language, CancellationToken ct)
    {
        var request = run.Setting(app, FormPath);
        return run.Http.ReadAsync(language is null ? request : request.With("lang", language), static answer => Form.Parse(answer.Body.Memory), ct);
    }

    async Task<(FormLayout Layout, KintoneException? Refused)> LayoutAsync(AppAddress app, CancellationToken ct)
    {
        try
        {
            return (await run.Http.ReadAsync(run.Setting(app, LayoutPath), static answer => FormLayout.Parse(answer.ToJson()), ct), null);
        }
        catch (KintoneException e) when (e.IsOfOneResource)
        {
            return (FormLayout.None, e); // of an app whose form may be read, it is all that is missing
        }
    }

    Task<string?> NameAsync(AppAddress app, CancellationToken ct) =>
        run.Http.ReadAsync(
            run.OneApp(app),
            static answer => answer.ToJson() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("name", out var name) ? name.ToString() : null,
            ct);
}
