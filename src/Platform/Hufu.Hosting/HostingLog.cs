using Microsoft.Extensions.Logging;

namespace Hufu.Hosting;

/// <summary>What hosting says to operators; numbered 1 to 99.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1, LogLevel.Error, "Fault {Id} in {Method} {Path}")]
    public static partial void Fault(ILogger log, Exception exception, string id, string method, string path);

    [LoggerMessage(2, LogLevel.Error, "The audit files of {Room} cannot be written; acts are refused until they can")]
    public static partial void LedgerFault(ILogger log, Exception exception, string room);

    [LoggerMessage(3, LogLevel.Error, "After a transaction of {Room}")]
    public static partial void DatabaseFault(ILogger log, Exception exception, string room);

    [LoggerMessage(4, LogLevel.Error, "{Room}, {What}: fault {Id}")]
    public static partial void PostFault(ILogger log, Exception exception, string room, string what, string id);

    [LoggerMessage(5, LogLevel.Error, "A scan of {Room} could not be copied; it is tried again")]
    public static partial void ScanCopyFault(ILogger log, Exception exception, string room);

    [LoggerMessage(6, LogLevel.Critical, "{Room} signs no times until the clock can be believed: {Why}")]
    public static partial void ClockDoubted(ILogger log, string room, string why);

    [LoggerMessage(7, LogLevel.Error, "The watch of {Room}'s clock could not do a round; it goes on")]
    public static partial void ClockWatchFault(ILogger log, Exception exception, string room);
}
