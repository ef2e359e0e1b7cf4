namespace KintoneSource.Configuration;

/// <summary>A text that no message, log line or debugger's tooltip shows: only <see cref="Reveal"/> gives it.</summary>
sealed record Secret
{
    /// <summary>The problem with a secret that is hidden.</summary>
    public const string Hidden = "holds asterisks only: the platform hid this value and did not put it back. Paste it again.";

    readonly string _value;

    public Secret(string value) => _value = value;

    public string Reveal() => _value;

    /// <summary>Whether it is what a platform shows instead of a secret that it has saved.</summary>
    public static bool IsHidden(string text) => text.AsSpan().Trim() is { IsEmpty: false } shown && !shown.ContainsAnyExcept('*');

    public override string ToString() => "****";
}
