using System.Text.Json;
using KintoneSource.Catalog;
using KintoneSource.Kintone.Apps;
using KintoneSource.Kintone.Http;
using KintoneSource.Protocol;

namespace KintoneSource.Reading.Resources;

/// <summary>Reads the streams that are one list of the domain, page by page, where wanted with the members of each row: who is in a group.</summary>
sealed class DomainReader(ResourceRun run)
{
    readonly ResourceStream _stream = run.Stream;
    readonly Resource _resource = run.Stream.Resources[0];
    readonly Paging _paging = run.Stream.Paging!;

    public async Task ReadAsync(CancellationToken ct)
    {
        var isUnread = true;
        try
        {
            await foreach (var rows in OffsetList.ReadAsync<JsonElement>(
                _stream.Name, _paging.Size, PageAsync, row => ResourceRows.KeyOf(_stream, row), ct))
            {
                isUnread = false;
                await WriteAsync(rows, ct);
            }
        }
        catch (KintoneException e) when (e.IsOfOneResource && isUnread) // later, a part would pass for the whole
        {
            var told = _stream.OfWideCourse && e.IsOfPrivilege
                ? e.WithAdvice("Statistics are part of the Wide course, and are shown to who manages the app or Kintone: "
                    + "read them as such a user, or leave the stream out.") : e;
            await run.Output.LogAsync(LogLevel.Warn, $"{_stream.Name} is empty, because it may not be read. {told.Message}", ct);
        }
        await run.CompleteAsync(ct);
    }

    async Task<IReadOnlyList<JsonElement>> PageAsync(long offset, CancellationToken ct)
    {
        var request = run.Request(_resource.Path, $"reading {_stream.Name}").With(_paging.SizeParameter, _paging.Size).With("offset", offset);
        return [.. ResourceRows.Items(_resource, await run.Http.ReadAsync(request, static answer => answer.ToJson(), ct))];
    }

    async Task WriteAsync(IReadOnlyList<JsonElement> rows, CancellationToken ct)
    {
        var alone = _resource with { Shape = RowShape.Answer, Root = null };
        if (_stream.Membership is not { } membership || !run.IsSelected(membership.Column))
        {
            await run.WriteAsync([.. rows.SelectMany(row => ResourceRows.Of(_stream, alone, row, selected: run.Selected))], ct);
            return;
        }
        await foreach (var row in InOrder.SelectAsync(ResourceRows.WithCodes(_resource, rows), run.Ahead, WithMembersAsync, ct))
            await run.WriteAsync(row, ct);

        async Task<ResourceRow[]> WithMembersAsync((string Code, JsonElement Row) item, CancellationToken token)
        {
            ResourceRow? members = null;
            try
            {
                members = await MembersAsync(membership, item.Code, token);
            }
            catch (KintoneException e) when (e.IsOfOneResource)
            {
                await run.Output.NoteAsync(LogLevel.Warn, $"{membership.Column} of {_stream.Name} are missing",
                    $"{_stream.Name}: the {membership.Column} of {item.Code} are missing. {e.Message}", token);
            }
            return [.. ResourceRows.Of(_stream, alone, item.Row, selected: run.Selected, members: _ => members)];
        }
    }

    async Task<ResourceRow> MembersAsync(Membership membership, string code, CancellationToken ct)
    {
        var members = new List<ResourceRow>();
        var pages = OffsetList.ReadAsync<(string Key, ResourceRow Row)>(
            $"who is in {code}", _paging.Size,
            async (offset, token) => await run.Http.ReadAsync<IReadOnlyList<(string Key, ResourceRow Row)>>(
                run.Request(membership.Path, $"reading who is in {code} ({_stream.Name})")
                    .With("code", code).With(_paging.SizeParameter, _paging.Size).With("offset", offset),
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
}
