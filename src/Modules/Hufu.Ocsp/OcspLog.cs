using Microsoft.Extensions.Logging;

namespace Hufu.Ocsp;

/// <summary>The room's log messages.</summary>
internal static partial class OcspLog
{
    /// <summary>A request met a fault; the client was told internalError.</summary>
    [LoggerMessage(1, LogLevel.Error, "An OCSP request could not be answered")]
    public static partial void Fault(ILogger log, Exception fault);

    /// <summary>The index is rebuilt.</summary>
    [LoggerMessage(2, LogLevel.Information, "Status index: {Serials} serials, {Bytes} bytes, {Issuers} issuers, rebuilt in {Milliseconds} ms (checkpoint used: {FromCheckpoint})")]
    public static partial void Rebuilt(ILogger log, long serials, long bytes, int issuers, long milliseconds, bool fromCheckpoint);

    /// <summary>No checkpoint could be written.</summary>
    [LoggerMessage(3, LogLevel.Error, "The status index could not be written to its checkpoint")]
    public static partial void CheckpointFault(ILogger log, Exception fault);
}
