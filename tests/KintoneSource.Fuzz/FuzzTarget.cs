using KintoneSource.Fuzz.Targets;

namespace KintoneSource.Fuzz;

/// <summary>What is fuzzed. One per run; it may keep what it likes between inputs as long as that changes nothing.</summary>
abstract class FuzzTarget : IDisposable
{
    /// <summary>By the name that the command line takes.</summary>
    public static IReadOnlyDictionary<string, Func<FuzzTarget>> All { get; } = new Dictionary<string, Func<FuzzTarget>>
    {
        ["pages"] = static () => new PageTarget(),
        ["ids"] = static () => new IdSetTarget(),
        ["states"] = static () => new StateTarget(),
        ["configurations"] = static () => new ConfigurationTarget(),
        ["catalogs"] = static () => new CatalogTarget(),
        ["filters"] = static () => new FilterTarget(),
        ["forms"] = static () => new FormTarget(),
        ["answers"] = static () => new AnswerTarget(),
    };

    /// <summary>Pieces of text that mean something here.</summary>
    public virtual IReadOnlyList<byte[]> Dictionary => [];

    /// <summary>An input that looks like the real ones, or nearly.</summary>
    public abstract byte[] Make(Dice dice);

    /// <returns>True where it was accepted, false where it was refused in the way that is declared for it.</returns>
    /// <exception cref="DifferenceException">A promise is broken. Any other exception is a finding, too.</exception>
    public abstract bool Try(byte[] input);

    /// <summary>Bytes that may be allocated for an input of this length.</summary>
    public virtual long MostMemory(int length) => 1_000_000 + (400L * length);

    /// <summary>An input that takes longer hangs.</summary>
    public virtual TimeSpan Longest => TimeSpan.FromSeconds(1);

    public virtual void Dispose() { }

    /// <summary>A sample, mostly with other values or members, and sometimes with bytes that are none.</summary>
    protected byte[] Damaged(byte[][] corpus, Dice dice)
    {
        var file = dice.Of(corpus);
        if (dice.Next(4) > 0) file = JsonMutation.Of(file, dice);
        return dice.OneIn(3) ? ByteMutation.Of(file, dice, Dictionary, corpus) : file;
    }

    /// <summary>The real samples below a folder of Corpus.</summary>
    protected static byte[][] Corpus(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", folder), "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];
}
