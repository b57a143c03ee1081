namespace Hufu.Pki.Linting;

/// <summary>Lives counted as policy counts them: calendar months, the last second included (R07).</summary>
internal static class CalendarLife
{
    /// <summary>True when the validity is longer than so many months and this time.</summary>
    internal static bool IsOver(TbsCertificate tbs, int months, TimeSpan time = default)
    {
        // Beyond the calendar's end nothing is too long.
        double years = (months / 12.0) + (time.TotalDays / 365);
        return tbs.NotBefore.Year + years < 9998 && tbs.NotAfter > tbs.NotBefore.AddMonths(months).Add(time).AddSeconds(-1);
    }
}
