namespace KintoneSource.Configuration;

/// <summary>A text that no message, log line or debugger's tooltip shows: only <see cref="Reveal"/> gives it.</summary>
sealed record Secret
{
    readonly string _value;

    public Secret(string value) => _value = value;

    public string Reveal() => _value;

    public override string ToString() => "****";
}
