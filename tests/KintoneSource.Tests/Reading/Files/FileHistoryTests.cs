using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using KintoneSimulator;
using KintoneSource.Reading.Files;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Tests.Reading.Files;

/// <summary>
/// Random histories of an app with files, synced now and then over a line that tears, with syncs that fail in the middle: in the end the rows of
/// attachments are those that the records show, and of each the newest row of files with the same key names a path under which lies what the record
/// shows now; and what syncs say of themselves is what a destination holds.
/// </summary>
public class FileHistoryTests
{
    static readonly long s_iterations = long.TryParse(Environment.GetEnvironmentVariable("HISTORY_ITERATIONS"), out var set) ? set : 60;

    [Fact]
    [Trait("Duration", "long")]
    public async Task Whatever_happens_the_contents_are_those_of_today() =>
        await Gen.Select(Gen.Int[0, int.MaxValue], Gen.Bool).SampleAsync(static async (seed, keysChange) =>
        {
            using var life = new Life(seed, keysChange);
            await life.TellAsync();
        }, iter: s_iterations, threads: 1);

    /// <summary>What becomes of a sync.</summary>
    enum Ending { Whole, Fails, Killed, Throws }

    sealed class Life : IDisposable
    {
        const string Stream = "app_1_files", Attachments = "app_1_attachments";

        readonly VirtualTime _time = new(new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero));
        readonly DirectoryInfo _staging = Directory.CreateTempSubdirectory("staging-");
        readonly Random _dice;
        readonly Simulator _simulator;
        readonly App _app;
        readonly SavedStates _states = new();
        readonly Audits _audits = new();
        readonly Dictionary<string, string> _taken = [];
        readonly Dictionary<(string Stream, long Id, long Number), (string Cursor, string? Path)> _rows = [];
        readonly int _concurrency;

        /// <summary>Little enough that pages of records and of files must wait for each other.</summary>
        readonly long? _memory;

        int _made;

        public Life(int seed, bool keysChange)
        {
            _dice = new(seed);
            (_concurrency, _memory) = (_dice.Next(1, 9), _dice.Next(2) == 0 ? 4_000_000 : null);
            _simulator = new(new() { Time = _time, FileKeysChange = keysChange });
            _simulator.Domain.AddUser("sync", "open sesame");
            _app = _simulator.Domain.AddApp("案件");
            _app.AddField("files", "FILE");
            _app.AddField("memo", "MULTI_LINE_TEXT");
            for (var i = _dice.Next(0, 3); i > 0; i--) AddOther(); // more apps than slots, now and then
            _app.AddTable("lines", Field.Create("drawing", "FILE"));
            for (var i = 0; i < 5; i++) Change();
        }

        public async Task TellAsync()
        {
            for (var syncs = _dice.Next(2, 6); syncs > 0; syncs--)
            {
                for (var changes = _dice.Next(0, 6); changes > 0; changes--) Change();
                _time.Advance(TimeSpan.FromMinutes(_dice.Next(0, 40)));
                await SyncAsync((Ending)_dice.Next(6));
            }
            for (var i = 0; i < 2; i++) // the first one ends the scan that was cut off
            {
                _time.Advance(TimeSpan.FromMinutes(20));
                await SyncAsync(Ending.Whole);
            }
            AssertWhole();
        }

        /// <summary>An app with a record and a file that nothing becomes of: its rows are looked at as all others are.</summary>
        void AddOther()
        {
            var app = _simulator.Domain.AddApp("other");
            app.AddField("files", "FILE");
            app.Add(new() { ["files"] = new JsonArray(File()) });
        }

        void Change()
        {
            var ids = Ids();
            if (ids.Length == 0 || _dice.Next(4) == 0) _app.Add(Values());
            else if (_dice.Next(5) == 0) _app.Delete(ids[_dice.Next(ids.Length)]);
            else if (_dice.Next(3) == 0) Reorder(ids[_dice.Next(ids.Length)]);
            else _app.Edit(ids[_dice.Next(ids.Length)], Values());
        }

        /// <summary>The same files under other numbers, one of them perhaps no more.</summary>
        void Reorder(long id)
        {
            var files = _app.Records.Find(id)!.Cells[_app.Form.Field("files")!.Uid].Value.EnumerateArray().Select(static f => JsonNode.Parse(f.GetRawText()))
                .ToArray();
            _dice.Shuffle(files);
            _app.Edit(id, new() { ["files"] = new JsonArray(files[.._dice.Next(files.Length + 1)]) });
        }

        JsonObject Values() => new()
        {
            ["memo"] = new string('x', _memory is null ? 10 : _dice.Next(400_000)),
            ["files"] = new JsonArray([.. Enumerable.Range(0, _dice.Next(0, 3)).Select(_ => File())]),
            ["lines"] = new JsonArray([.. Enumerable.Range(0, _dice.Next(0, 2))
                .Select(_ => new JsonObject { ["value"] = new JsonObject { ["drawing"] = new JsonArray(File()) } })]),
        };

        /// <summary>Names and sizes that meet often.</summary>
        JsonObject File() => _simulator.Domain.AddFile(_dice.Next(2) == 0 ? "a.txt" : "b.txt", FileContent.Generated(100_000 + _dice.Next(2), ++_made));

        /// <param name="ending">Anything else leaves it whole.</param>
        async Task SyncAsync(Ending ending)
        {
            _simulator.Faults.Clear();
            _simulator.Faults.Random(0.1, _dice.Next(), [Fault.TornBody(_dice.Next(100_000)), Fault.TooManyRequests(), Fault.Garbage],
                static e => e.Resource == "file");
            // An answer comes minutes after its sibling.
            if (_dice.Next(4) == 0) _simulator.Faults.Next(_dice.Next(1, 8), Fault.Maintenance, OneApp.IsOfNewest);
            if (ending == Ending.Fails)
            {
                var left = _dice.Next(0, 6); // files that still come
                _simulator.Faults.Always(Fault.Error(401, "CB_WA01"), e => e.Resource == "file" && --left < 0);
            }
            var endsAfter = (long)Math.Pow(10, 2.5 + (_dice.NextDouble() * 2));
            var stdout = new BreakingStream(ending == Ending.Killed ? endsAfter : long.MaxValue, ending == Ending.Throws ? endsAfter : long.MaxValue);
            var run = await _simulator.ReadAsync(
                """{"subdomain": "example", "base_url": "http://localhost:1", "credentials": {"auth_type": "password", "username": "sync", "password": "open sesame"}, "app_selection": {"mode": "all_apps"}, "deletion_guard_percent": 100, "max_concurrent_requests": CONCURRENCY}"""
                    .Replace("CONCURRENCY", $"{_concurrency}", StringComparison.Ordinal),
                JsonSerializer.Serialize(new
                {
                    streams = Streams().Append(Audits.Stream).Select(static name =>
                    new { stream = new { name }, sync_mode = "incremental", include_files = name.EndsWith("_files", StringComparison.Ordinal) })
                }),
                Encoding.UTF8.GetString(_states.ToFile()), name => name == StagingFolder.Variable ? _staging.FullName : null, _memory, stdout);
            Assert.True(run.ExitCode == 0 || ending == Ending.Fails || stdout.IsBroken || stdout.HasThrown, string.Join('\n', run.Errors));
            foreach (var record in Committed(run, everything: !stdout.IsBroken && !stdout.HasThrown)) Take(record);
            Assert.All(run.Of("RECORD", "record"), static r => Assert.Equal(r.GetProperty("stream").GetString()!.EndsWith("_files", StringComparison.Ordinal),
                r.TryGetProperty("file_reference", out _)));
            foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(run.Output)))
            {
                _states.Apply(message);
                _audits.Apply(message);
            }
            _audits.Forget();
            _audits.AssertHeld(stream => _rows.Where(row => row.Key.Stream == stream && row.Value.Path is not null)
                .Select(static row => new RowKey(row.Key.Stream, row.Key.Id, row.Key.Number)), "A destination");
            // No half file, and none that no row tells of. Who is killed leaves what nobody has taken; the platform empties the folder.
            if (!stdout.IsBroken && !stdout.HasThrown) Assert.Empty(Directory.EnumerateFiles(_staging.FullName, "*", SearchOption.AllDirectories));
            foreach (var left in Directory.EnumerateFiles(_staging.FullName, "*", SearchOption.AllDirectories)) System.IO.File.Delete(left);
        }

        /// <summary>Where it broke off, a destination keeps what a STATE stands behind.</summary>
        static IEnumerable<JsonElement> Committed(Run run, bool everything)
        {
            Dictionary<string, List<JsonElement>> open = [];
            List<JsonElement> committed = [];
            foreach (var message in SyncRun.Parse(Encoding.UTF8.GetBytes(run.Output)))
            {
                if (message.Stream is not { } stream) continue;
                var records = open.TryGetValue(stream, out var list) ? list : open[stream] = [];
                if (message.Type == "RECORD") records.Add(message.Json.GetProperty("record"));
                if (message.Type != "STATE") continue;
                committed.AddRange(records);
                records.Clear();
            }
            return everything ? committed.Concat(open.Values.SelectMany(static records => records)) : committed;
        }

        IEnumerable<string> Streams() =>
            _simulator.Domain.Apps.SelectMany(static app => (string[])[$"app_{app.Id}_files", $"app_{app.Id}_attachments", $"app_{app.Id}_records"]);

        void Take(JsonElement record)
        {
            var data = record.GetProperty("data");
            if (record.GetProperty("stream").GetString() == Audits.Stream) return;
            if (record.TryGetProperty("file_reference", out var reference))
            {
                var staged = reference.GetProperty("staging_file_url").GetString()!;
                _taken[reference.GetProperty("source_file_relative_path").GetString()!] = Convert.ToHexString(
                    SHA256.HashData(System.IO.File.ReadAllBytes(staged)));
                System.IO.File.Delete(staged);
            }
            var key = (record.GetProperty("stream").GetString()!, data.GetProperty("_kintone_id").GetInt64(),
                data.TryGetProperty("_kintone_file_number", out var number) ? number.GetInt64() : 0);
            var cursor = data.GetProperty("_kintone_updated_at").GetString()!;
            if (_rows.TryGetValue(key, out var old) && string.CompareOrdinal(old.Cursor, cursor) > 0) return;
            _rows[key] = (cursor, data.TryGetProperty("path", out var path) ? path.GetString()
                : data.GetProperty("_ab_cdc_deleted_at").ValueKind == JsonValueKind.Null ? "there" : null);
        }

        void AssertWhole()
        {
            var expected = new Dictionary<(long, long), string>();
            foreach (var id in Ids())
            {
                var cells = _app.Records.Find(id)!.Cells;
                var number = 0L;
                foreach (var file in FilesOf(cells[_app.Form.Field("files")!.Uid])
                    .Concat(cells[_app.Form.Field("lines")!.Uid].Rows!.SelectMany(static r => r.Cells.Values.SelectMany(FilesOf))))
                    expected[(id, ++number)] = Convert.ToHexString(SHA256.HashData(_simulator.Domain.File(file)!.Content.ToArray()));
            }
            Assert.Equal(
                expected.OrderBy(static e => e.Key),
                _rows.Where(static r => r.Key.Stream == Attachments && r.Value.Path is not null)
                    .ToDictionary(static r => (r.Key.Item2, r.Key.Item3), r => _taken[_rows[(Stream, r.Key.Item2, r.Key.Item3)].Path!])
                    .OrderBy(static e => e.Key));
        }

        static IEnumerable<string> FilesOf(Cell cell) => cell.Value.EnumerateArray().Select(static f => f.GetProperty("fileKey").GetString()!);

        long[] Ids()
        {
            var ids = new List<long>();
            _app.Records.Visit(static _ => Verdict.All, static _ => true, false, id =>
            {
                ids.Add(id);
                return true;
            });
            return [.. ids.Order()];
        }

        public void Dispose()
        {
            _simulator.Dispose();
            _time.Dispose();
            _staging.Delete(recursive: true);
        }
    }
}
