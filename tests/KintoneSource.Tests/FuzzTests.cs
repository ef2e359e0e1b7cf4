using KintoneSource.Fuzz;

namespace KintoneSource.Tests;

/// <summary>A moment of each of the fuzzer's targets; tests/KintoneSource.Fuzz goes on for as long as it is let.</summary>
[Trait("Duration", "long")]
public class FuzzTests
{
    [Theory]
    [InlineData("pages", 4_000)]
    [InlineData("ids", 4_000)]
    [InlineData("states", 4_000)]
    [InlineData("configurations", 300)]
    [InlineData("catalogs", 1_000)]
    [InlineData("filters", 15_000)]
    [InlineData("forms", 1_000)]
    [InlineData("answers", 50)]
    public void Finds_nothing_in_a_moment(string target, long inputs)
    {
        var result = Fuzzer.Run(target, new(Seed: 7, inputs));
        Assert.True(result.Finding is null, result.Finding?.ToString());
        Assert.Equal(inputs, result.Inputs);
        Assert.InRange(result.Accepted, 1, inputs - 1); // both ways are tried
    }

    [Fact]
    public void Every_target_has_its_moment() => Assert.Equal(
        Fuzzer.Targets.Order(), typeof(FuzzTests).GetMethod(nameof(Finds_nothing_in_a_moment))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>().Select(static data => (string)data.GetData(null!).Single()[0]).Order());

    /// <summary>A number and a seed make the same input again, so that what was found can be looked at.</summary>
    [Fact]
    public void The_same_seed_tries_the_same()
    {
        var once = Fuzzer.Run("filters", new(Seed: 3, Inputs: 500));
        Assert.Equal(once with { Elapsed = default }, Fuzzer.Run("filters", new(Seed: 3, Inputs: 500)) with { Elapsed = default });
        Assert.Equal(1, Fuzzer.Run("filters", new(Seed: 3, Only: 77)).Inputs);
    }
}
