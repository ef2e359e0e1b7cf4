using System.Buffers;
using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Forms;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;
using KintoneSource.Reading.Output;

namespace KintoneSource.Reading.Resources;

/// <summary>Where a space's own description stands.</summary>
/// <param name="IsGuest">Guest spaces answer only below their own path.</param>
readonly record struct SpaceAddress(long Space, bool IsGuest);

/// <summary>
/// Reads one stream of <see cref="ResourceStreams"/>: its requests run side by side, its rows come in the order of what
/// was asked about. What the credentials may not read is missing, and told in one WARN for each cause with the apps in it; what is wrong with the
/// credentials as such fails the stream.
/// </summary>
/// <param name="output">Of this stream alone.</param>
/// <param name="priority">Streams with a lower number get free slots first.</param>
/// <param name="onRetry">Hears of every wait of this stream.</param>
sealed class ResourceReader(
    KintoneHttp http, ConfiguredStream configured, ResourceStream stream, SharedOutput output, int priority, Func<RetryNotice, ValueTask> onRetry,
    Func<DateTimeOffset> emittedAt)
{
    const string FormPath = "app/form/fields", LayoutPath = "app/form/layout";

    /// <summary>A stream that is read in one go has nothing to resume from: its one STATE, at its end, says that it was read.</summary>
    static readonly Func<IReadOnlyList<RawJson?>> s_noState = static () => [null], s_read = static () => [new RawJson("{}"u8.ToArray())];

    RecordEnvelope? _envelope;
    readonly IReadOnlyCollection<string>? _selected = configured.SelectedColumns?.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>The slots decide what runs at once; twice as many answers may wait for one that is slow.</summary>
    readonly int _ahead = 2 * http.Limiter.Ceiling;

    /// <summary>The rows of one answer.</summary>
    sealed record Answer(IReadOnlyList<ResourceRow> Rows, bool IsRefused = false);

    /// <summary>A stream of the domain: its pages, with the members of each row.</summary>
    public async Task ReadDomainAsync(CancellationToken ct)
    {
        var (resource, paging) = (stream.Resources[0], stream.Paging!);
        var isUnread = true;
        try
        {
            await foreach (var rows in OffsetList.ReadAsync<JsonElement>(stream.Name, paging.Size, PageAsync, row => ResourceRows.KeyOf(stream, row), ct))
            {
                isUnread = false;
                await WriteRowsAsync(resource, rows, ct);
            }
        }
        catch (KintoneException e) when (e.IsOfOneResource && isUnread) // later, a part would pass for the whole
        {
            var told = stream.OfWideCourse && e.IsOfPrivilege
                ? e.WithAdvice("Statistics are part of the Wide course, and are shown to who manages the app or Kintone: "
                    + "read them as such a user, or leave the stream out.") : e;
            await output.LogAsync(LogLevel.Warn, $"{stream.Name} is empty, because it may not be read. {told.Message}", ct);
        }
        await CompleteAsync(ct);

        async Task<IReadOnlyList<JsonElement>> PageAsync(long offset, CancellationToken token)
        {
            var request = Request(resource.Path, $"reading {stream.Name}").With(paging.SizeParameter, paging.Size).With("offset", offset);
            var page = await http.ReadAsync(request, static answer => answer.ToJson(), token);
            return [.. ResourceRows.Items(resource, page)];
        }
    }

    /// <summary>The stream <c>apps</c> for tokens, which may describe each app and list none.</summary>
    public Task ReadAppsAsync(IReadOnlyList<AppAddress> apps, CancellationToken ct) =>
        AskAllAsync(
            apps, "app", static app => app.App,
            OneApp,
            (_, answer) => ResourceRows.Of(stream, ResourceStreams.OneApp, answer.ToJson(), selected: _selected),
            ct);

    /// <summary>The stream <c>apps</c>, out of lists as they come.</summary>
    public async Task ReadAppsAsync(IAsyncEnumerable<AppInfo> apps, CancellationToken ct)
    {
        var seen = new HashSet<long>(); // whether the list of all apps holds those of guest spaces is unverified
        await foreach (var app in apps.WithCancellation(ct))
            if (seen.Add(app.Address.App)) await WriteAsync(new([.. ResourceRows.Of(stream, ResourceStreams.OneApp, app.Json, selected: _selected)]), ct);
        await CompleteAsync(ct);
    }

    /// <summary>A stream of how apps are set up: each of its resources for each app.</summary>
    public Task ReadSettingsAsync(IReadOnlyList<AppAddress> apps, CancellationToken ct) =>
        AskAllAsync(
            [.. apps.SelectMany(app => stream.Resources.Select(resource => (app, resource)))], "app", static question => question.app.App,
            question => Setting(question.app, question.resource.Path),
            (question, answer) => ResourceRows.Of(stream, question.resource, answer.ToJson(), question.app.App, _selected),
            ct);

    /// <summary>
    /// The stream <c>app_fields</c>: a request for the form of each app, one for its layout, one for each language, and one for a name that is
    /// not known yet.
    /// </summary>
    /// <param name="apps">With their names, where a list told them.</param>
    /// <param name="names">What columns the fields of an app became.</param>
    /// <param name="languages">As Kintone writes them.</param>
    public Task ReadFieldsAsync(
        IReadOnlyList<(AppAddress Address, string? Name)> apps, Func<long, Form, FormNames> names, StreamNames streams,
        IReadOnlyList<string> languages, CancellationToken ct)
    {
        var needsNames = IsSelected(DataDictionary.AppName)
            || (streams.ShowApps && (IsSelected(DataDictionary.Stream) || IsSelected(DataDictionary.TableStream)));
        string[] translations = IsSelected(DataDictionary.Labels) ? [.. languages] : [];
        return AskAllAsync(apps, "app", static app => app.Address.App, DescribeAsync, ct);

        async Task<ResourceRow[]> DescribeAsync((AppAddress Address, string? Name) app, CancellationToken token)
        {
            var name = app.Name is null && needsNames ? NameAsync(app.Address, token) : Task.FromResult(app.Name);
            var forms = Task.WhenAll(translations.Select(language => FormAsync(app.Address, language, token)).Prepend(FormAsync(app.Address, null, token)));
            var layout = IsSelected(DataDictionary.Position) ? LayoutAsync(app.Address, token) : Task.FromResult((FormLayout.None, (KintoneException?)null));
            await Task.WhenAll(forms, name, layout);
            var (form, translated) = ((await forms)[0], (await forms)[1..]);
            var (places, refused) = await layout;
            if (refused is not null)
            {
                await output.NoteAsync(
                    LogLevel.Warn, $"{DataDictionary.Position} of {stream.Name} is missing",
                    $"{stream.Name}: {DataDictionary.Position} is null for {app.Address.Name}. {refused.Message}", token);
            }
            var described = new AppForm(app.Address.App, await name, form, [.. translations.Zip(translated)]) { Layout = places };
            return [.. DataDictionary.Rows(described, names(app.Address.App, form), streams, _selected).Select(static row => new ResourceRow(row))];
        }

        Task<Form> FormAsync(AppAddress app, string? language, CancellationToken token) =>
            http.ReadAsync(language is null ? Setting(app, FormPath) : Setting(app, FormPath).With("lang", language),
                static answer => Form.Parse(answer.Body.Memory), token);

        async Task<(FormLayout Layout, KintoneException? Refused)> LayoutAsync(AppAddress app, CancellationToken token)
        {
            try
            {
                return (await http.ReadAsync(Setting(app, LayoutPath), static answer => FormLayout.Parse(answer.ToJson()), token), null);
            }
            catch (KintoneException e) when (e.IsOfOneResource)
            {
                return (FormLayout.None, e); // of an app whose form may be read, it is all that is missing
            }
        }

        Task<string?> NameAsync(AppAddress app, CancellationToken token) =>
            http.ReadAsync(
                OneApp(app),
                static answer => answer.ToJson() is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("name", out var name) ? name.ToString()
                    : null, token);
    }

    bool IsSelected(string column) => _selected?.Contains(column) ?? true;

    KintoneRequest OneApp(AppAddress app) => Request(app.Path(ResourceStreams.OneApp.Path), $"looking up {app.Name}", app).With("id", app.App);

    KintoneRequest Setting(AppAddress app, string path) => Request(app.Path(path), $"reading {path} of {app.Name}", app).With("app", app.App);

    /// <summary>A stream of the spaces that hold selected apps.</summary>
    public Task ReadSpacesAsync(IReadOnlyList<SpaceAddress> spaces, CancellationToken ct) =>
        AskAllAsync(
            spaces, "space", static space => space.Space,
            space => Request(new AppAddress(0, space.IsGuest ? space.Space : null).Path(stream.Resources[0].Path), $"reading space {space.Space}")
                .With("id", space.Space),
            (space, answer) => ResourceRows.Of(stream, stream.Resources[0], answer.ToJson(), space.Space, _selected),
            ct);

    Task AskAllAsync<T>(
        IReadOnlyCollection<T> questions, string noun, Func<T, long> number, Func<T, KintoneRequest> request, Func<T, KintoneAnswer,
        IEnumerable<ResourceRow>> rows, CancellationToken ct) =>
        AskAllAsync(questions, noun, number, (question, token) => http.ReadAsync(request(question), answer => rows(question, answer).ToArray(), token), ct);

    /// <param name="noun">What is asked about.</param>
    /// <param name="number">Which one it is.</param>
    async Task AskAllAsync<T>(IReadOnlyCollection<T> questions, string noun, Func<T, long> number, Func<T, CancellationToken, Task<ResourceRow[]>> ask,
        CancellationToken ct)
    {
        KintoneException? refused = null;
        var isAnyRead = false;
        var refusals = new SameCauses();
        await foreach (var answer in InOrder.SelectAsync(questions, _ahead, AskAsync, ct))
        {
            await WriteAsync(answer, ct);
            output.Streams[0].Portion.Do(1);
            isAnyRead |= !answer.IsRefused;
        }
        if (!isAnyRead && refused is not null) throw refused; // not one token is any good
        var all = questions.Select(number).Distinct().Count();
        foreach (var cause in refusals.All) await TellAsync(cause, noun, all, ct);
        await CompleteAsync(ct);

        async Task<Answer> AskAsync(T question, CancellationToken token)
        {
            try
            {
                return new(await ask(question, token));
            }
            catch (KintoneException e) when (e.IsOfOneResource)
            {
                if (e.IsOfTokens) refused = e;
                var told = stream.ForManagers && e.IsOfPrivilege
                    ? e.WithAdvice("This is for those who may manage the app: give the user or token that permission, or leave the stream out.") : e;
                refusals.Add(e.Code ?? $"{e.Status}", number(question), told.Message);
                return new([], IsRefused: true);
            }
        }
    }

    async ValueTask TellAsync(SameCause cause, string noun, int all, CancellationToken ct)
    {
        var isOne = cause.Numbers.Count == 1;
        await output.LogAsync(LogLevel.Warn,
            $"{stream.Name}: rows are missing. {(isOne ? "" : $"{SameCause.Capital(cause.Subjects(noun, all))} are not shown. ")}{cause.Example}", ct);
        if (!isOne) await output.LogAsync(LogLevel.Debug, $"{stream.Name}: not shown ({cause.Key}): {cause.Everyone(noun)}.", ct);
    }

    async Task WriteRowsAsync(Resource resource, IReadOnlyList<JsonElement> rows, CancellationToken ct)
    {
        var alone = resource with { Shape = RowShape.Answer, Root = null };
        if (stream.Membership is not { } membership || _selected?.Contains(membership.Column) == false)
        {
            await WriteAsync(new([.. rows.SelectMany(row => ResourceRows.Of(stream, alone, row, selected: _selected))]), ct);
            return;
        }
        await foreach (var answer in InOrder.SelectAsync(ResourceRows.WithCodes(resource, rows), _ahead, WithMembersAsync, ct)) await WriteAsync(answer, ct);

        async Task<Answer> WithMembersAsync((string Code, JsonElement Row) item, CancellationToken token)
        {
            ResourceRow? members = null;
            try
            {
                members = await ReadMembersAsync(membership, item.Code, token);
            }
            catch (KintoneException e) when (e.IsOfOneResource)
            {
                await output.NoteAsync(LogLevel.Warn, $"{membership.Column} of {stream.Name} are missing",
                    $"{stream.Name}: the {membership.Column} of {item.Code} are missing. {e.Message}", token);
            }
            return new([.. ResourceRows.Of(stream, alone, item.Row, selected: _selected, members: _ => members)]);
        }
    }

    async Task<ResourceRow> ReadMembersAsync(Membership membership, string code, CancellationToken ct)
    {
        var (paging, members) = (stream.Paging!, new List<ResourceRow>());
        var pages = OffsetList.ReadAsync<(string Key, ResourceRow Row)>(
            $"who is in {code}", paging.Size,
            async (offset, token) => await http.ReadAsync<IReadOnlyList<(string Key, ResourceRow Row)>>(
                Request(membership.Path, $"reading who is in {code} ({stream.Name})")
                    .With("code", code).With(paging.SizeParameter, paging.Size).With("offset", offset),
                answer => [.. ResourceRows.Members(membership, answer.ToJson())], token),
            static member => member.Key, ct);
        await foreach (var page in pages) members.AddRange(page.Select(static member => member.Row));
        return new(
            RawJson.From(json =>
            {
                json.WriteStartArray();
                foreach (var member in members) json.WriteRawValue(member.Json.Utf8.Span, skipInputValidation: true);
                json.WriteEndArray();
            }),
            [.. members.SelectMany(static m => m.Nulled).Distinct()]);
    }

    KintoneRequest Request(string path, string purpose, AppAddress? app = null) =>
        new(path, purpose) { App = app, Priority = priority, OnRetry = onRetry };

    async Task WriteAsync(Answer answer, CancellationToken ct)
    {
        if (answer.Rows.Count == 0) return;
        await output.RunAsync(ct);
        var lines = new ArrayBufferWriter<byte>();
        _envelope ??= new(output.Streams[0].Stream, emittedAt()); // not earlier: Kintone's first answer tells its clock
        foreach (var row in answer.Rows) _envelope.Write(lines, row.Json.Utf8.Span, row.Nulled);
        await output.CommitAsync(() => new([new(output.Streams[0], lines.WrittenMemory, answer.Rows.Count)], static () => { }), s_noState, ct);
    }

    ValueTask CompleteAsync(CancellationToken ct) => output.CheckpointAsync(s_read, ct);
}
