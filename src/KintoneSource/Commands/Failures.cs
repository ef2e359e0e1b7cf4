using KintoneSource.Protocol;

namespace KintoneSource.Commands;

/// <summary>The one place where an exception becomes what the platform and its user read.</summary>
static class Failures
{
    public static TraceError ToTrace(Exception e) => e is ConnectorException failure
        ? new(failure.Message, e.InnerException is { } inner ? $"{inner.GetType().Name}: {inner.Message}" : null,
            failure.FailureType == FailureType.SystemError ? e.ToString() : null, failure.FailureType)
        : new(
            $"Something unexpected went wrong in the connector ({e.GetType().Name}: {e.Message}). The next sync goes on from the last state; please report "
                + "this with the stack trace.",
            e.ToString(), e.StackTrace, FailureType.SystemError);
}
