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

    /// <summary>Looking after the key centre's own certificates failed; it is done again at the next turn.</summary>
    [LoggerMessage(3, LogLevel.Error, "The key centre's own certificates could not be looked after")]
    public static partial void ServiceFault(ILogger log, Exception fault);

    /// <summary>One of the key centre's own certificates ends.</summary>
    [LoggerMessage(4, LogLevel.Critical, "The key centre's certificate for {Use} ends on {End}. {Due}")]
    public static partial void ServiceEnds(ILogger log, string use, DateTimeOffset end, string due);

    /// <summary>A renewal that was put in force cannot be installed any more.</summary>
    [LoggerMessage(5, LogLevel.Error, "Renewal {Number} of the key centre's certificates was put in force and cannot be installed")]
    public static partial void ServiceNotInstalled(ILogger log, long number, Exception why);
}
