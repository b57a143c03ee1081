using Microsoft.Extensions.Logging;

namespace Hufu.Kmc;

/// <summary>The room's log messages.</summary>
internal static partial class KmcLog
{
    /// <summary>The refill job failed; it looks again at its next turn.</summary>
    [LoggerMessage(1, LogLevel.Error, "The spare store could not be refilled")]
    public static partial void RefillFault(ILogger log, Exception fault);

    /// <summary>The re-encryption failed; it goes on at its next turn.</summary>
    [LoggerMessage(2, LogLevel.Error, "The stores could not be re-encrypted")]
    public static partial void ResealFault(ILogger log, Exception fault);
}
