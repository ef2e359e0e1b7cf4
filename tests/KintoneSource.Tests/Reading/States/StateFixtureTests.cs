using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KintoneSource.Commands;
using KintoneSource.Kintone.Queries;
using KintoneSource.Reading.Apps;
using KintoneSource.Reading.Deletions;
using KintoneSource.Reading.States;
using KintoneSource.Tests.Packaging;

namespace KintoneSource.Tests.Reading.States;

/// <summary>
/// States that earlier versions wrote, as a platform kept them, mean today what they meant then. The files lie in States, a
/// folder per version, and are never changed; acceptance-tests/AcceptanceTests/StateFixtureTests.cs makes those of the next version.
/// </summary>
public class StateFixtureTests
{
    static readonly string s_states = Repository.Path("tests/KintoneSource.Tests/Reading/States");

    public static TheoryData<string, string> Files
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var means in Directory.EnumerateFiles(s_states, "*.means.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                files.Add(Path.GetFileName(Path.GetDirectoryName(means))!, Path.GetFileName(means)[..^".means.json".Length]);
            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Means_what_it_meant(string version, string name)
    {
        var means = JsonElement.Parse(File.ReadAllBytes(Path.Combine(s_states, version, $"{name}.means.json")));
        var stream = Text(means, "stream")!;
        var state = RecordsState.Parse(stream, Load(version, name).Of(stream));
        Assert.NotNull(state);

        var findsDeleted = means.GetProperty("finds_deleted").GetBoolean();
        if (findsDeleted) Assert.Equal(Digest(means, "delivered"), Digest(Ids(IdSet.Decode(state.KnownIds!))));
        else Assert.Null(state.KnownIds);

        var question = new RecordsQuestion(
            Text(means, "mode") == "incremental" ? "更新日時" : null,
            AppTarget.Of(new(1, Filter: Text(means, "filter"))).Condition,
            Text(means, "start_date") is { } start ? DateTimeOffset.Parse(start, CultureInfo.InvariantCulture) : null,
            means.GetProperty("generation") is { ValueKind: JsonValueKind.Number } generation ? generation.GetInt64() : null);
        Assert.Equal(question.IsIncremental, state.IsIncremental);
        var later = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var plan = RecordsPlan.Make(question, state, new(later, later, MaxId: 1_000_000, findsDeleted));
        switch (Text(means, "then"))
        {
            case "resumes":
                Assert.True(plan is { IsResumed: true, IsFinished: false });
                // What was delivered and what is left are the whole of the scan; these apps have no gaps.
                if (plan.Scan.Since is null) Assert.Equal(Digest(means, "delivered_in_this_scan"), Digest(Except(plan.Scan.Ranges, state.MaxId!.Value)));
                else Assert.Equal(state.Cursor, plan.Scan.Since);
                break;
            case "reads changes":
                Assert.True(plan is { IsResumed: false, IsFinished: false });
                Assert.Equal((state.Cursor, state.MaxId), (plan.Scan.Since, plan.Scan.MaxIdBefore));
                Assert.NotNull(plan.Scan.Since);
                break;
            case "goes on":
                Assert.True(plan.IsResumed || plan.Scan.Since is not null, "everything would be read again");
                break;
            case "is finished":
                Assert.True(plan.IsFinished);
                break;
            case "reads anew":
                Assert.True(plan is { IsResumed: false, IsFinished: false, Scan.Since: null });
                break;
            case var then:
                Assert.Fail($"{name} says \"{then}\", which nobody understands.");
                break;
        }
    }

    [Fact]
    public void A_stream_that_is_read_in_one_go_has_an_empty_state()
    {
        var states = Load("0.1.0", "settings");
        Assert.All((string[])["apps", "app_fields", "app_layouts", "app_views"], stream => Assert.Equal("{}", states.Of(stream).GetRawText()));
        Assert.Null(RecordsState.Parse("apps", states.Of("apps")));
    }

    [Fact]
    public void Every_released_version_has_its_states()
    {
        var released = Repository.Text("CHANGELOG.md").Split('\n')
            .Where(static line => line.StartsWith("## ", StringComparison.Ordinal) && !line.Contains("unreleased", StringComparison.OrdinalIgnoreCase))
            .Select(static line => line[3..].Split(' ')[0]);
        Assert.Empty(released.Except(Directory.EnumerateDirectories(s_states).Select(static folder => Path.GetFileName(folder))));
        Assert.InRange(Files.Count, 11, int.MaxValue);
    }

    static InputState Load(string version, string name) =>
        InputState.Parse(File.ReadAllBytes(Path.Combine(s_states, version, $"{name}.json")), $"{name}.json");

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    static long[] Ids(IdSet set) => [.. set.Between(0, set.Max)];

    static long[] Except(ImmutableArray<IdRange> left, long maxId) =>
        [.. IdRanges.Except(new(0, maxId), [.. left])
            .SelectMany(static hole => Enumerable.Range(1, (int)(hole.UpTo - hole.After)).Select(i => hole.After + i))];

    static (int, string) Digest(JsonElement means, string name) =>
        (means.GetProperty(name).GetProperty("count").GetInt32(), means.GetProperty(name).GetProperty("sha256").GetString()!);

    static (int, string) Digest(long[] ids) => (ids.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join(' ', ids.Select(static id => id.ToString(CultureInfo.InvariantCulture)))))));
}
