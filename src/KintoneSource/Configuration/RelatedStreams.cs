namespace KintoneSource.Configuration;

/// <summary>What of an app is offered beside its records.</summary>
/// <param name="Tables">A stream for each sub-table.</param>
/// <param name="Attachments">One stream of all attached files.</param>
/// <param name="Comments">One stream of all comments, at a request for each record.</param>
readonly record struct RelatedStreams(bool Tables, bool Attachments, bool Comments)
{
    public static RelatedStreams Default { get; } = new(Tables: true, Attachments: true, Comments: false);
}
