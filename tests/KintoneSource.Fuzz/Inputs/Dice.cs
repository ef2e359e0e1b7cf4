namespace KintoneSource.Fuzz;

/// <summary>Chance that a seed and a number decide.</summary>
sealed class Dice(int seed, long index)
{
    readonly Random _random = new(HashCode(seed, index));

    public int Next(int below) => _random.Next(below);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool OneIn(int n) => _random.Next(n) == 0;

    public T Of<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public int Seed() => _random.Next();

    public long NextLong() => _random.NextInt64();

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The same in every process, which System.HashCode is not.</summary>
    static int HashCode(int seed, long index)
    {
        var x = ((ulong)(uint)seed << 32) ^ (ulong)index;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return (int)(x ^ (x >> 31));
    }
}
