using KintoneSimulator;

namespace KintoneSource.Certification.Tests;

/// <summary>
/// Every probe finds what it asks for: the simulator as it is, and a simulator that lies about this one fact. A probe that could not tell
/// them apart would certify anything.
/// </summary>
public sealed class ProbeTests
{
    public static TheoryData<string> Ids => [.. ProbeTable.All.Select(static probe => probe.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_probe_tells_the_simulator_from_one_that_lies(string id)
    {
        var probe = ProbeTable.All.Single(probe => probe.Id == id);
        var honest = await AskAsync(probe, new());
        Assert.Equal(probe.Expected(new()), honest.Value);

        var other = probe.OtherWay?.Invoke(new()) ?? new();
        var lied = await AskAsync(probe, other, probe.Lie);
        Assert.NotEqual(honest.Value, lied.Value);
        if (probe.OtherWay is not null)
            Assert.Equal(probe.Expected(other), lied.Value);
    }

    [Fact]
    public void Every_probe_has_a_name_of_its_own_and_a_way_to_be_wrong()
    {
        Assert.Equal(ProbeTable.All.Count, ProbeTable.All.DistinctBy(static probe => probe.Id).Count());
        Assert.All(ProbeTable.All, static probe => Assert.True((probe.OtherWay is null) != (probe.Lie is null), probe.Id));
        Assert.All(ProbeTable.All, static probe => Assert.Matches("^[a-z0-9-]+$", probe.Id));
    }

    [Fact]
    public void Every_switch_of_the_simulator_is_asked_for()
    {
        // The first part of the options is the set-up of a test and no fact of Kintone; these are facts that a domain cannot be asked for.
        string[] notAsked = [nameof(SimulatorOptions.TwoFactorStatus)];
        var switches = typeof(SimulatorOptions).GetProperties().Select(static property => property.Name)
            .SkipWhile(static name => name != nameof(SimulatorOptions.GuestAppStatus)).Except(notAsked).Where(static name => name != "EqualityContract");
        var asked = ProbeTable.All.Select(static probe => probe.Switch?.Split('.', '[')[0]).ToHashSet();
        Assert.Empty(switches.Except(asked.OfType<string>()));
    }

    [Fact]
    public async Task A_probe_without_what_it_needs_says_what_that_is()
    {
        var needy = ProbeTable.All.Where(static probe => probe.Needs(new()) is not null).ToList();
        Assert.Contains(needy, static probe => probe.Id == "refresh-token-rotation");
        await using var kintone = await Surroundings.OpenAsync(new());
        Assert.All(needy, probe => Assert.Null(probe.Needs(kintone.Settings)));
        Assert.All(needy, static probe => Assert.StartsWith("KINTONE_", probe.Needs(new()), StringComparison.Ordinal));
    }

    static async Task<Answer> AskAsync(Probe probe, SimulatorOptions options, Action<Faults>? lie = null)
    {
        await using var kintone = await Surroundings.OpenAsync(new(), options);
        var app = await TestApp.MakeAsync(kintone);
        lie?.Invoke(kintone.Simulator!.Faults);
        return await probe.Ask(new(kintone, app));
    }
}
