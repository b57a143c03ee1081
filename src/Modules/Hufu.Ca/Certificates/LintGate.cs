using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;

namespace Hufu.Ca.Certificates;

/// <summary>Step 6: the last look at the bytes before they are signed. Whatever a profile or a fault upstream made of them, an error ends it here.</summary>
internal static class LintGate
{
    /// <summary>Lints the TBS bytes of an end entity.</summary>
    /// <exception cref="RefusedException">LintFailed, with the rules that fail.</exception>
    public static void Demand(byte[] tbs) => Demand(tbs, authority: false);

    /// <summary>Lints TBS bytes.</summary>
    /// <param name="tbs">The bytes that will be signed.</param>
    /// <param name="authority">Whether they are an authority's.</param>
    /// <exception cref="RefusedException">LintFailed, with the rules that fail.</exception>
    public static void Demand(byte[] tbs, bool authority)
    {
        if (!authority)
        {
            EndEntityGuard.Demand(tbs);
        }

        // TODO(issue 2): the kernel's linter.
        _ = TbsCertificate.Decode(tbs);
    }
}
