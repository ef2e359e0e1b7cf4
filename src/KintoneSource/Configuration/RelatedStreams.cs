namespace KintoneSource.Configuration;

/// <summary>What of an app is offered beside its records.</summary>
/// <param name="Tables">A stream for each sub-table.</param>
/// <param name="Attachments">One stream of all attached files.</param>
readonly record struct RelatedStreams(bool Tables, bool Attachments)
{
    public static RelatedStreams Default { get; } = new(Tables: true, Attachments: true);
}
