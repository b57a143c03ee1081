using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Governance;

namespace Hufu.Ca.Crls;

/// <summary>When CRLs are due, CA by CA.</summary>
internal static class CrlTimes
{
    /// <summary>The next regular time after a moment: by the CA's own frequency if it has one, else the policy's; null for a root, whose CRL lives by itself for months.</summary>
    [Clause("6.2.7.5-a")]
    public static DateTimeOffset? Next(string ca, DateTimeOffset moment, PolicyValues values, CaOptions options) =>
        options.CrlEvery.TryGetValue(ca, out var every) ? (values with { CrlEvery = every }).NextCrlAfter(moment)
        : ca == AuthorityNames.Root ? null
        : values.NextCrlAfter(moment);
}
