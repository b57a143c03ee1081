using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ra.Renewal;

/// <summary>6.2.6.1-a: a certificate is renewed from 30 days before to 30 days after its end (policy), both limits counted in.</summary>
internal static class RenewalInsideWindow
{
    [Clause("6.2.6.1-a")]
    public static void Check(PolicyValues values, DateTimeOffset notAfter, DateTimeOffset now)
    {
        var (opens, closes) = (values.RenewalOpensBefore.Before(notAfter), values.RenewalClosesAfter.After(notAfter));
        if (now < opens || now > closes)
        {
            throw new RefusedException(RefusalCode.OutsideRenewalWindow, $"It is open from {values.LocalText(opens)} to {values.LocalText(closes)}.", "serial");
        }
    }
}
