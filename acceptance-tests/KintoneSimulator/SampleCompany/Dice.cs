namespace KintoneSimulator.Sample;

/// <summary>Choices that look random and are the same in every run.</summary>
sealed class Dice(int seed)
{
    readonly Random _random = new(seed);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];

    /// <summary>Some members in their order, from none to <paramref name="most"/>.</summary>
    public IEnumerable<T> PickSome<T>(IReadOnlyList<T> list, int most)
    {
        var wanted = Between(0, Math.Min(most, list.Count));
        return Enumerable.Range(0, list.Count).OrderBy(_ => _random.Next()).Take(wanted).Order().Select(index => list[index]).ToList();
    }
}
