using System.Text;

namespace AcceptanceTests.FaultMatrix;

/// <summary>
/// Everything that may go wrong between Kintone and the connector, over real sockets, at the first, a middle and the last request: the
/// same rows, or an error of the right class with a sentence; in time, within memory, and without a STATE that claims too much.
/// The last part of docs/faults.md is made of it; RENEW_BASELINE=true writes that anew.
/// </summary>
public sealed class FaultMatrixTests(MatrixRuns runs) : IClassFixture<MatrixRuns>
{
    /// <summary>A sync waits two minutes for it and asks again, which tests under a clock of their own show.</summary>
    static readonly WireFault s_hang = new("transport", "no answer at all", Outcome.SameRows, static (wire, _) => Task.Delay(Timeout.Infinite, wire.Stop))
    {
        Positions = [],
        WithFile = null,
        InCheck = true,
        Says = "Kintone took longer than",
    };

    internal static readonly WireFault[] All = [.. TransportFaults.All, .. HttpFaults.All, .. EncodingFaults.All, .. ShapeFaults.All, .. CodeFaults.All,
        .. OAuthFaults.All, s_hang];

    [Fact]
    public async Task A_sync_gets_over_what_may_pass_and_explains_what_does_not()
    {
        // What a sync gets over happens at all positions of one sync; what ends it, in one for each.
        var syncs = All.SelectMany(fault => fault is { Read: Outcome.SameRows, IsApart: false }
            ? [runs.SyncAsync(fault, [.. fault.Positions])]
            : fault.Positions.Select(position => runs.SyncAsync(fault, [position])));
        Report(await Task.WhenAll(syncs));
    }

    [Fact]
    public async Task Attached_files_come_whole_or_their_rows_say_that_they_do_not() =>
        Report(await Task.WhenAll(All.Where(static f => f.WithFile is not null).Select(runs.FilesAsync)));

    [Fact]
    public async Task The_page_is_made_of_the_matrix()
    {
        const string Heading = "## What is played once\n\n";
        var file = Repository.File("docs/faults.md");
        var page = await File.ReadAllTextAsync(file);
        var made = page[..(page.IndexOf(Heading, StringComparison.Ordinal) + Heading.Length)] + MatrixPage.Of(All);
        if (Environment.GetEnvironmentVariable("RENEW_BASELINE") == "true") await File.WriteAllTextAsync(file, made);
        Assert.Equal(made, await File.ReadAllTextAsync(file));
    }

    internal static void Report(IEnumerable<IEnumerable<string>> failures)
    {
        var text = new StringBuilder();
        foreach (var failure in failures.SelectMany(static f => f)) text.AppendLine(failure);
        Assert.True(text.Length == 0, text.ToString());
    }
}
