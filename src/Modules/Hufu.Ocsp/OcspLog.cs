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

    /// <summary>A certificate that came for a signer does not fit.</summary>
    [LoggerMessage(4, LogLevel.Error, "The certificate for the signer of {Ca} is not taken in: {Why}")]
    public static partial void SignerRefused(ILogger log, string ca, string why);

    /// <summary>Looking after the signers failed.</summary>
    [LoggerMessage(5, LogLevel.Error, "The signers of P-256 CAs could not be looked after; it is tried again")]
    public static partial void SignersFault(ILogger log, Exception fault);
}
