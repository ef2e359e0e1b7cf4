using System.Text;
using KintoneSource.Reading.Deletions;

namespace KintoneSource.Tests.Reading.Deletions;

public class UpdateTimesTests
{
    static string Line(string time, string memo = "") =>
        $$$$"""{"type":"RECORD","record":{"data":{"_kintone_id":1,"memo":"{{{{memo}}}}","_kintone_updated_at":"{{{{time}}}}"}}}""" + "\n";

    /// <summary>A comment may be younger than the tombstone of the record that it is on.</summary>
    [Fact]
    public void Earlier_times_are_raised_and_later_ones_stay()
    {
        const string Early = "2026-05-01T03:01:00Z", Least = "2026-05-01T03:02:00Z", Late = "2026-05-01T03:03:00Z";
        var lines = Encoding.UTF8.GetBytes(Line(Early) + Line(Late, Early) + Line(Least) + Line(Early, "\\\"_kintone_updated_at\\\":\\\"" + Early));
        UpdateTimes.Raise(lines, new(2026, 5, 1, 3, 2, 0, TimeSpan.Zero));
        Assert.Equal(Line(Least) + Line(Late, Early) + Line(Least) + Line(Least, "\\\"_kintone_updated_at\\\":\\\"" + Early), Encoding.UTF8.GetString(lines));
    }
}
