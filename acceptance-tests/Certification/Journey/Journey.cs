using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace KintoneSource.Certification;

/// <summary>Changes of the app as people make them, with a sync after each.</summary>
public sealed class Journey(Surroundings kintone, TestApp app, Sync sync, Action<string> tell)
{
    readonly List<Step> _steps = [];
    readonly HashSet<string> _stale = [];

    public async Task<IReadOnlyList<Step>> RunAsync()
    {
        await sync.DiscoverAsync();
        await StepAsync("first sync", Filling.Records, isStrict: true);
        var ids = await app.IdsAsync("order by $id asc limit 500");
        await StepAsync("nothing changed", 0);
        await EditAsync(ids);
        await StepAsync("deleted", 5, change: () => app.DeleteAsync(ids.Skip(20).Take(5)));
        await StepAsync("added with times of the past", 4, change: async () =>
            await app.AddAllAsync([.. Enumerable.Range(1001, 4)
                .Select(n => app.WithTime(Filling.Values(n, kintone.Settings.Username), Session.LongAgo.AddMinutes(n)))]));
        await MovedAsync("commented", ids[40], () => app.CommentAsync(ids[40], "one more"));
        await MovedAsync("status changed", ids[41], () => app.ActAsync(ids[41], $"to {app.States[1]}"), mayBeStale: false);
        await MovedAsync("choice renamed", await OneAsync($"{TestForm.Choice} in (\"A\") order by $id asc limit 1"), () => RenameChoiceAsync("A", "Ace"),
            mayBeStale: false);
        await MovedAsync("field added", ids[42], () => app.AddFieldsAsync(new() { ["added"] = TestForm.Field("SINGLE_LINE_TEXT", "added") }), discover: true);
        await StepAsync("new field filled", 3, change: async () =>
        {
            foreach (var id in ids.Skip(43).Take(3))
                await app.EditAsync(id, new() { ["added"] = "filled" });
        });
        await MovedAsync("field renamed", ids[46],
            () => app.ChangeFieldsAsync(new() { ["added"] = new JsonObject { ["type"] = "SINGLE_LINE_TEXT", ["code"] = "renamed", ["label"] = "renamed" } }),
            discover: true);
        await PermissionsAsync(ids);
        await StepAsync("choice renamed back", 1, change: () => RenameChoiceAsync("Ace", "A"));
        _stale.Clear();
        await StepAsync("everything read again", Filling.Records, isStrict: true, before: sync.StartOver);
        return _steps;
    }

    async Task EditAsync(IReadOnlyList<long> ids)
    {
        var before = await app.UpdatedAsync(ids[3]);
        await StepAsync("edited", 6, change: async () =>
        {
            foreach (var id in ids.Where((_, index) => index % 4 == 3).Take(6))
                await app.EditAsync(id, new() { [TestForm.Text] = "edited", [TestForm.Number] = "7" });
        }, moved: async () => before != await app.UpdatedAsync(ids[3]));
    }

    /// <summary>Some records are hidden from this user and shown again, without being edited.</summary>
    async Task PermissionsAsync(IReadOnlyList<long> ids)
    {
        var (from, to) = (ids[60], ids[69]);
        var before = await app.UpdatedAsync(from);
        await StepAsync("permission taken from records", 10, mayBeStale: true, change: () => app.PermitAsync("record/acl",
        [
            new JsonObject
            {
                ["filterCond"] = $"{app.Code("RECORD_NUMBER")} >= {from} and {app.Code("RECORD_NUMBER")} <= {to}",
                ["entities"] = new JsonArray(
                    Right(new() { ["type"] = "USER", ["code"] = kintone.Settings.Username }, false),
                        Right(new() { ["type"] = "GROUP", ["code"] = "everyone" }, true)),
            },
        ]));
        // What no count and no update time told of is settled by the full re-read; only a simulator's time can be put forward to it.
        if (kintone.Simulator is not null)
        {
            await kintone.Wait(TimeSpan.FromHours(25));
            _stale.Clear();
            await StepAsync("a day later, full_reread_days 1", 0);
        }
        await StepAsync("permission given back", 10, change: () => app.PermitAsync("record/acl", []),
            moved: async () => before != await app.UpdatedAsync(from));

        static JsonObject Right(JsonObject entity, bool may) => new() { ["entity"] = entity, ["viewable"] = may, ["editable"] = may, ["deletable"] = may };
    }

    async Task RenameChoiceAsync(string choice, string label)
    {
        var field = TestForm.Options((choice, label), ("B", "B"), ("C", "C"));
        field["type"] = "DROP_DOWN";
        await app.ChangeFieldsAsync(new() { [TestForm.Choice] = field });
    }

    async Task<long> OneAsync(string query) => (await app.IdsAsync(query))[0];

    /// <summary>A change that may or may not move the update time of a record.</summary>
    async Task MovedAsync(string name, long record, Func<Task> change, bool discover = false, bool mayBeStale = true)
    {
        var before = (await app.UpdatedAsync(record), await app.ValueAsync(record, "$revision"));
        await StepAsync(name, 1, change: async () =>
        {
            await change();
            if (discover)
                await sync.DiscoverAsync();
        }, moved: async () => before.Item1 != await app.UpdatedAsync(record), mayBeStale: mayBeStale);
    }

    async Task StepAsync(
        string name, int changed, Func<Task>? change = null, Func<Task<bool>>? moved = null, Action? before = null, bool mayBeStale = false,
            bool isStrict = false)
    {
        before?.Invoke();
        // A minute later, so that an update time that moves can be seen to.
        await NextMinuteAsync();
        if (change is not null)
            await change();
        bool? isMoved = moved is null ? null : await moved();
        var watch = Stopwatch.StartNew();
        var (rows, deletions) = await sync.RunAsync();
        var took = watch.Elapsed;
        var differences = sync.Warehouse.Differences(await app.AllAsync(), await app.FormAsync(), isStrict);
        if (mayBeStale)
            _stale.UnionWith(differences.Keys);
        if (!sync.HoldsWhatItMust)
            differences["(not as sync_audit says)"] = 1;
        _steps.Add(new(name, changed, rows, deletions, isMoved, differences, _stale.ToHashSet(), took));
        tell(string.Create(CultureInfo.InvariantCulture, $"  {name}: {rows} rows, {deletions} deletions, "
            + $"{(differences.Count == 0 ? "all as in Kintone" : $"{differences.Values.Sum()} rows differ")}"));
    }

    Task NextMinuteAsync()
    {
        var now = kintone.Time.GetUtcNow();
        return kintone.Wait(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute) + TimeSpan.FromSeconds(1));
    }
}
