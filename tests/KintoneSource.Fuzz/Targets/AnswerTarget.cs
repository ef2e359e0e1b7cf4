using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using KintoneSimulator;
using KintoneSource.Catalog;
using KintoneSource.Commands;
using KintoneSource.Kintone.Http;
using KintoneSource.Reading.States;
using KintoneSource.Tests.Simulation;

namespace KintoneSource.Fuzz.Targets;

/// <summary>
/// A whole command against a Kintone some of whose answers were changed on their way: it ends, with messages alone on stdout, without a
/// secret, and with every failure a declared one. Where nobody could take the changed answers for good ones, a read that
/// succeeds has the rows of an undisturbed one.
/// </summary>
/// <remarks>
/// An input is five bytes per change: which answer (from the first), what is done to it, and a seed for how. The first byte of all
/// chooses the command.
/// </remarks>
sealed class AnswerTarget : FuzzTarget
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);
    static readonly DateTimeOffset s_now = new(2026, 5, 1, 3, 0, 0, TimeSpan.Zero);

    readonly Simulator _simulator;
    readonly byte[] _catalog;
    readonly string[] _rows;
    readonly string _config = Sample.Config.Replace("\"all_apps\"", "\"listed_apps\", \"apps\": [{\"app\": 1}, {\"app\": 2}]", StringComparison.Ordinal);

    public AnswerTarget()
    {
        _simulator = SampleCompany.Create(TimeProvider.System);
        using var json = JsonDocument.Parse(Sample.Catalog(_simulator, incremental: true));
        string[] wanted = ["app_1_records", "app_2_records", "app_fields", "app_views"];
        _catalog = Encoding.UTF8.GetBytes($"{{\"streams\":[{string.Join(',', json.RootElement.GetProperty("streams").EnumerateArray().Where(s => wanted.Contains(s.GetProperty("stream").GetProperty("name").GetString())).Select(static s => s.GetRawText()))}]}}");
        _rows = Rows(Run(0, []).Output);
        if (_rows.Length < 10) throw new InvalidOperationException("The undisturbed read has next to no rows.");
    }

    public override long MostMemory(int length) => long.MaxValue; // it runs on many threads

    /// <summary>A whole command, with minutes of waiting in a virtual clock.</summary>
    public override TimeSpan Longest => TimeSpan.FromSeconds(30);

    public override byte[] Make(Dice dice)
    {
        List<byte> input = [(byte)(dice.OneIn(4) ? dice.Between(1, 2) : 0)];
        for (var changes = dice.Between(1, 3); changes > 0; changes--)
            input.AddRange([(byte)dice.Next(dice.OneIn(3) ? 60 : 12), (byte)dice.Next(Change.Kinds), .. dice.Bytes(3)]);
        return [.. input];
    }

    public override bool Try(byte[] input)
    {
        if (input.Length < 6) return false;
        var changes = input[1..].Chunk(5).Where(static c => c.Length == 5)
            .Select(static c => new Change(c[0], c[1] % Change.Kinds, (c[2] << 16) | (c[3] << 8) | c[4])).ToArray();
        var (exitCode, output) = Run(input[0] % 3, changes);
        if (exitCode is not (0 or 1)) throw new DifferenceException($"exit code {exitCode}");
        Check(output);
        if (input[0] % 3 == 0 && exitCode == 0 && changes.All(static c => c.IsPlain))
        {
            var rows = Rows(output);
            if (!rows.SequenceEqual(_rows)) throw new DifferenceException($"it succeeded with other rows than an undisturbed read: "
                + $"{string.Join("; ", _rows.Except(rows).Take(2))} against {string.Join("; ", rows.Except(_rows).Take(2))}; {rows.Length} of {_rows.Length}");
        }
        return exitCode == 0;
    }

    (int ExitCode, byte[] Output) Run(int command, Change[] changes)
    {
        using var time = new VirtualTime(s_now);
        _simulator.Options = _simulator.Options with { Time = time };
        using var handler = new ChangedAnswers(new InMemoryHandler(_simulator), changes, time);
        time.IsHanging = () => handler.IsHanging;
        return Sample.RunAsync(handler, time, (source, ct) => command switch
        {
            1 => new CheckCommand(source).RunAsync(ct),
            2 => new DiscoverCommand(source).RunAsync(ct),
            _ => new ReadCommand(source).RunAsync(ConfiguredCatalog.Parse(_catalog, "catalog.json"), InputState.Empty, ct),
        }, command switch { 1 => Patience.ForCheck, 2 => Patience.ForDiscover, _ => Patience.ForSync }, _config).WaitAsync(s_patience).GetAwaiter()
            .GetResult();
    }

    static void Check(byte[] output)
    {
        var text = Encoding.UTF8.GetString(output);
        if (text.Length > 0 && text[^1] != '\n') throw new DifferenceException("the last line is not whole");
        foreach (var secret in (string[])[Sample.Password, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SampleCompany.DemoUser}:{Sample.Password}"))])
            if (text.Contains(secret, StringComparison.Ordinal)) throw new DifferenceException(
                $"the password is in the output: {text.Split('\n').First(l => l.Contains(secret, StringComparison.Ordinal))}");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var message = JsonDocument.Parse(line);
            var type = message.RootElement.GetProperty("type").GetString();
            if (type is not ("RECORD" or "STATE" or "LOG" or "TRACE" or "CATALOG" or "CONNECTION_STATUS")) throw new DifferenceException(
                $"a message of type {type}");
            if (line.Contains("Something unexpected went wrong", StringComparison.Ordinal)) throw new DifferenceException(line);
        }
    }

    /// <summary>The rows without what differs from run to run.</summary>
    static string[] Rows(byte[] output) =>
    [
        .. Encoding.UTF8.GetString(output).Split('\n').Where(static l => l.StartsWith("{\"type\":\"RECORD\"", StringComparison.Ordinal)).Select(static line =>
        {
            using var message = JsonDocument.Parse(line);
            var record = message.RootElement.GetProperty("record");
            return $"{record.GetProperty("stream")} {record.GetProperty("data").GetRawText()}";
        }).Distinct().Order(StringComparer.Ordinal),
    ];

    public override void Dispose()
    {
        _simulator.Dispose();
        base.Dispose();
    }

    /// <param name="Answer">The how-manieth.</param>
    readonly record struct Change(int Answer, int Kind, int Seed)
    {
        public const int Kinds = 14;

        /// <summary>Nobody could take the changed answer for a good one: it must be retried or refused.</summary>
        public bool IsPlain => Kind < 8;
    }

    sealed class ChangedAnswers(HttpMessageHandler inner, Change[] changes, VirtualTime time) : DelegatingHandler(inner)
    {
        int _answers;
        int _hanging;

        public bool IsHanging => Volatile.Read(ref _hanging) > 0;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _answers) - 1;
            time.NoteActivity();
            var response = await base.SendAsync(request, cancellationToken);
            foreach (var change in changes.Where(c => c.Answer == number)) response = await ApplyAsync(change, request, response, cancellationToken);
            time.NoteActivity();
            return response;
        }

        async Task<HttpResponseMessage> ApplyAsync(Change change, HttpRequestMessage request, HttpResponseMessage response, CancellationToken ct)
        {
            var dice = new Dice(change.Seed, 0);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            switch (change.Kind)
            {
                case 0: // another status, the body as it was
                    response.StatusCode = (HttpStatusCode)dice.Of([206, 300, 301, 302, 304, 400, 401, 403, 404, 407, 408, 409, 413, 418, 429, 451, 500, 501,
                        502, 503, 504, 520, 599]);
                    return response;
                case 1: // an error of Kintone's, well formed or nearly
                    var error = $$"""{"code":"{{dice.Of(["CB_WA01", "CB_AU01", "CB_NO02", "GAIA_AP01", "GAIA_IA02", "GAIA_NO01", "GAIA_DA02", "GAIA_TO04", "GAIA_XX99", "", "CB_VA01"])}}","id":"abc","message":"{{dice.Of(["No.", "", "\\ud800", "あ\\n<b>", Convert.ToString(request.Headers.GetValues("X-Cybozu-Authorization").First(), CultureInfo.InvariantCulture)!])}}","errors":{{dice.Of(["null", "{}", "{\"query\":{\"messages\":[\"x\"]}}", "{\"query\":null}", "{\"query\":{\"messages\":null}}"])}}}""";
                    return With(response, dice.Of([400, 401, 403, 404, 429, 500, 503, 520]), dice.OneIn(3)
                        ? JsonMutation.Of(Encoding.UTF8.GetBytes(error), dice) : Encoding.UTF8.GetBytes(error), "application/json");
                case 2: // cut off
                    return With(response, 200, body[..dice.Next(body.Length)], "application/json");
                case 3: // not JSON
                    return With(response, dice.Of([200, 200, 403, 503]),
                        Encoding.UTF8.GetBytes(dice.Of(["", "<html>ログイン</html>", "null", "[]", "\"\"", "5", "{", "\uFEFF"])),
                        dice.Of(["application/json", "text/html", "text/plain"]));
                case 4:
                    throw new HttpRequestException(
                    dice.Of([HttpRequestError.ConnectionError, HttpRequestError.ResponseEnded, HttpRequestError.NameResolutionError,
                    HttpRequestError.Unknown]), "The connection broke.");
                case 5: // nobody answers
                    Interlocked.Increment(ref _hanging);
                    try { await Task.Delay(Timeout.InfiniteTimeSpan, time, ct); }
                    finally { Interlocked.Decrement(ref _hanging); }
                    return response;
                case 6: // headers that say what cannot be
                    response.Headers.TryAddWithoutValidation("X-ConcurrencyLimit-Limit", dice.Of(["0", "-1", "99999999999", "x", ""]));
                    response.Headers.TryAddWithoutValidation("X-ConcurrencyLimit-Running", dice.Of(["0", "-1", "99999999999", "x", "100"]));
                    response.Headers.Remove("Date");
                    response.Headers.TryAddWithoutValidation("Date",
                        dice.Of(["", "yesterday", "Fri, 01 May 2026 03:00:00 GMT", "Fri, 01 May 2026 03:00:00 GMT, x"]));
                    response.Headers.TryAddWithoutValidation("Retry-After", dice.Of(["0", "-5", "99999999999", "soon", "Thu, 01 Jan 1970 00:00:00 GMT"]));
                    return response;
                case 7: return With(response, 200, body, dice.Of(["text/html", "application/xml", "application/octet-stream"]));
                case 8: // of another content type's text, of another charset
                    return With(response, 200, body, dice.Of(["application/json;charset=shift_jis", "application/json;charset=\"", "APPLICATION/JSON"]));
                case 9: return With(response, 200, ByteMutation.Of(body, dice, [], []), "application/json");
                default: return With(response, 200, JsonMutation.Of(body, dice), "application/json");
            }
        }

        static HttpResponseMessage With(HttpResponseMessage from, int status, byte[] body, string type)
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { RequestMessage = from.RequestMessage, Content = new ByteArrayContent(body) };
            foreach (var (name, values) in from.Headers) response.Headers.TryAddWithoutValidation(name, values);
            response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            return response;
        }
    }
}
