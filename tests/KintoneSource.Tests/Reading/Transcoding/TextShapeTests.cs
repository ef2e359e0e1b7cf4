using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using KintoneSource.Catalog;
using KintoneSource.Reading.Transcoding;

namespace KintoneSource.Tests.Reading.Transcoding;

public partial class TextShapeTests
{
    static readonly string[] s_seeds =
    [
        "0", "-0", "12", "-12.50", "1e5", "1.25E-07", "00", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "0001-01-01", "0000-01-01", "9999-12-31",
        "2024-04-31", "2024-12-31", "00:00", "23:59", "09:30:59", "2024-01-02T03:04:00Z", "2024-01-02T03:04:00.123Z", "2024-01-02T03:04:00+09:00",
        "2024-01-02T23:59:59.1-23:59",
    ];

    static readonly Gen<string> s_nearMiss =
        Gen.Select(Gen.Int[0, s_seeds.Length - 1].Select(static i => s_seeds[i]),
            Gen.Select(Gen.Int[0, 30], Gen.Char["0123456789-+:.TZeE tz/あ"], Gen.Int[0, 2]).Array[0, 2]).Select(static (seed, edits) =>
        {
            foreach (var (at, c, edit) in edits)
            {
                var i = Math.Min(at, seed.Length);
                seed = seed[..i] + (edit == 0 ? "" : c) + seed[Math.Min(seed.Length, edit == 2 ? i : i + 1)..];
            }
            return seed;
        });

    [Fact]
    public void Agrees_with_the_frameworks_parsers() =>
        s_nearMiss.Sample(
            static text =>
            {
                var utf8 = Encoding.UTF8.GetBytes(text);
                Assert.Equal(JsonNumber.IsMatch(text), TextShape.IsNumber(utf8));
                Assert.Equal(JsonInteger.IsMatch(text), TextShape.IsInteger(utf8));
                Assert.Equal(PageOracle.Fits(text, ColumnKind.Date), TextShape.IsDate(utf8));
                Assert.Equal(PageOracle.Fits(text, ColumnKind.Time), TextShape.IsTime(utf8));
                Assert.Equal(PageOracle.Fits(text, ColumnKind.Timestamp), TextShape.IsTimestamp(utf8));
            },
            iter: 100_000);

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    static partial Regex JsonNumber { get; }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)\z")]
    static partial Regex JsonInteger { get; }
}
