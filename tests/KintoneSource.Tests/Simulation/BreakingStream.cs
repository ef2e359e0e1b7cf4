namespace KintoneSource.Tests.Simulation;

/// <summary>A stdout that breaks after so many bytes: what came through is kept, and nothing does any more.</summary>
/// <param name="throwAfter">After so many bytes one write throws what no stream should, as where memory runs out in the middle of a step; the next
/// ones do not.</param>
sealed class BreakingStream(long breakAfter = long.MaxValue, long throwAfter = long.MaxValue) : OutgoingStream
{
    readonly MemoryStream _written = new();

    public ReadOnlyMemory<byte> Written => _written.GetBuffer().AsMemory(0, (int)_written.Length);

    public bool IsBroken { get; private set; }

    public bool HasThrown { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (IsBroken) throw new IOException("Written to after it broke.");
        if (!HasThrown && _written.Length + buffer.Length > throwAfter)
        {
            HasThrown = true;
            throw new InvalidTimeZoneException("Something throws in the middle.");
        }
        var fits = (int)Math.Min(buffer.Length, breakAfter - _written.Length);
        _written.Write(buffer[..fits]);
        if (fits == buffer.Length) return;
        IsBroken = true;
        throw new IOException("The pipe is broken.");
    }

    public override long Length => _written.Length;
}
