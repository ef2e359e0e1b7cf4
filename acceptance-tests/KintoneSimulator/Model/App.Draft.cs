using System.Text.Json;
using System.Text.Json.Nodes;

namespace KintoneSimulator;

/// <summary>Settings under way and what taking them into use does to records.</summary>
public sealed partial class App
{
    AppDraft? _draft;

    /// <summary>The settings as they were last edited; those in use when none were.</summary>
    public AppDraft Preview => _draft ?? new(this);

    /// <summary>Edits the settings; counts one revision.</summary>
    /// <param name="revision">The revision that the editor saw; null or -1 when it does not matter.</param>
    /// <exception cref="ApiException">GAIA_CO03: they were edited since.</exception>
    public long EditDraft(long? revision, Action<AppDraft> edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return Domain.Change(() =>
        {
            var draft = Preview;
            if (revision is >= 0 && revision != draft.Revision)
                throw new ApiException(409, "GAIA_CO03", "The revision is not the latest. Someone may update the settings.", "指定したリビジョンは最新ではありません。");
            edit(draft);
            _draft = draft;
            return ++draft.Revision;
        });
    }

    public void DropDraft() => Domain.Change(() => _draft = null);

    /// <summary>Takes the settings under way into use; a new app appears.</summary>
    public void UseDraft() => Domain.Change(() =>
    {
        var draft = Preview;
        var options = Domain.Options;
        (Name, Description, _states) = (draft.Name, draft.Description, draft.States);
        foreach (var (path, document) in draft.Resources)
            Resources[path] = document;
        Form = MakeForm(draft.Form.Fields);
        // What was said of a choice that went away is gone; a renamed one may keep its name where it was saved.
        ChangeValues([.. draft.ChangedChoices.Where(static choice => choice.New is null)], true, false);
        ChangeValues([.. draft.ChangedChoices.Where(static choice => choice.New is not null)],
            options.ChoiceRenamesChangeRecords, options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.ChoiceRenames));
        if (Form.OfType(Query.FieldType.Status) is { } status)
            ChangeValues([.. draft.RenamedStates.Select(state => (status.Uid, state.Old, (string?)state.New))],
                options.StateRenamesChangeRecords, options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.StateRenames));
        if (draft.HasOtherFields && options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.FieldChanges))
            TouchAllRecords();
        if (draft.HasOtherPermissions && options.UpdateTimeMovesWith.HasFlag(UpdateTimeMoves.Permissions))
            TouchAllRecords();
        ApplyPermissions();
        HasPermissions |= draft.HasOtherPermissions;
        (Revision, ModifiedAt, _draft) = (draft.Revision, Domain.Now, null);
        Domain.Publish(this);
        return true;
    });

    /// <summary>Names the fields of a new app in a language.</summary>
    public void NameSystemFields(MessageLanguage language) => Domain.Change(() => Form = MakeForm([.. FieldDefaults.SystemFields(language)]));

    public void TouchAllRecords() => ForEachRecord(TouchRecord);

    void ChangeValues(List<(int Field, string Old, string? New)> changes, bool inRecords, bool moves)
    {
        if (changes.Count == 0 || !(inRecords || moves))
            return;
        ForEachRecord(id =>
        {
            var record = Records.Find(id)!;
            var cells = new Dictionary<int, Cell>(record.Cells);
            var isChanged = false;
            foreach (var uid in changes.Select(static change => change.Field).Distinct())
                isChanged |= Rename(cells, uid, [.. changes.Where(change => change.Field == uid)]);
            if (!isChanged)
                return;
            Records.Save(record with
            {
                Cells = inRecords ? cells : record.Cells,
                Rendered = null,
                Updated = moves ? WholeMinutes.Floor(Domain.Now)
                : record.Updated
            });
        });
    }

    static bool Rename(Dictionary<int, Cell> cells, int uid, (int Field, string Old, string? New)[] changes)
    {
        var isChanged = false;
        foreach (var (key, cell) in cells.ToList())
        {
            if (key == uid && Renamed(cell.Value, changes) is { } value)
            {
                cells[key] = new(value);
                isChanged = true;
            }
            else if (cell.Rows is { } rows)
            {
                var copies = rows.Select(row => new Dictionary<int, Cell>(row.Cells)).ToList();
                if (!copies.Select(copy => Rename(copy, uid, changes)).ToList().Contains(true))
                    continue;
                cells[key] = cell with { Rows = [.. rows.Zip(copies, static (row, copy) => row with { Cells = copy })] };
                isChanged = true;
            }
        }
        return isChanged;
    }

    static JsonElement? Renamed(JsonElement value, (int Field, string Old, string? New)[] changes)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String when changes.FirstOrDefault(change => change.Old == value.GetString()) is { Old: not null } change:
                return Json.Element(change.New);
            case JsonValueKind.Array:
                var members = value.EnumerateArray().Select(static member => member.GetString()).ToList();
                var renamed = members.Select(member => changes.FirstOrDefault(change => change.Old == member) is { Old: not null } change ? change.New
                    : member).ToList();
                return members.SequenceEqual(renamed) ? null : Json.Element(new JsonArray([.. renamed.OfType<string>()]));
            default:
                return null;
        }
    }

    void ForEachRecord(Action<long> act)
    {
        var ids = new List<long>();
        Records.Visit(_ => Verdict.All, _ => true, false, id =>
        {
            ids.Add(id);
            return true;
        });
        ids.ForEach(act);
    }
}
