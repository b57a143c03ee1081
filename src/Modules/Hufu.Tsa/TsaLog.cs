using Hufu.Contracts;
using Microsoft.Extensions.Logging;

namespace Hufu.Tsa;

/// <summary>The room's log messages.</summary>
internal static partial class TsaLog
{
    /// <summary>A request met a fault; the client was told systemFailure.</summary>
    [LoggerMessage(1, LogLevel.Error, "A time-stamp request could not be answered")]
    public static partial void Fault(ILogger log, Exception fault);

    /// <summary>The service itself is not fit to give tokens.</summary>
    [LoggerMessage(2, LogLevel.Warning, "No time stamps are given: {Code} {Evidence}")]
    public static partial void Refused(ILogger log, RefusalCode code, string evidence);

    /// <summary>The service has started.</summary>
    [LoggerMessage(3, LogLevel.Information, "Time stamps: start {Start}, {Tokens} tokens so far")]
    public static partial void Started(ILogger log, long start, long tokens);
}
