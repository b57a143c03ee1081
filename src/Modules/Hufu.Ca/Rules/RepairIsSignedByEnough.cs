using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>Somebody who signed for a repair.</summary>
/// <param name="Roles">Roles held then.</param>
/// <param name="Ended">Whether the certificate that verified the signature had ended.</param>
internal sealed record RepairSigner(IReadOnlyList<string> Roles, bool Ended);

/// <summary>
/// Identities are put in force again by two people: who proposes (business or super administrator) and, from the other line, a super or audit administrator (6.6.2.6-e). When the certificate of one of them had ended, nobody in
/// validity vouches for them; then as many share holders as it takes to restore the CA's keys (6.6.2.2-a) sign too. Gate and distinctness of persons are the act's.
/// </summary>
internal static class RepairIsSignedByEnough
{
    /// <summary>Who is missing.</summary>
    /// <param name="signers">Who has signed, the proposer first.</param>
    /// <param name="threshold">Share holders that come together.</param>
    /// <returns>Sentences for people; empty when enough have signed.</returns>
    [Clause("6.6.2.6-e")]
    public static IReadOnlyList<string> Missing(IReadOnlyList<RepairSigner> signers, int threshold)
    {
        List<string> missing = [];
        RepairSigner? other = signers.Skip(1).FirstOrDefault(signer => signer.Roles.Contains(Roles.SuperAdministrator) || signer.Roles.Contains(Roles.AuditAdministrator));
        if (other is null)
        {
            missing.Add("A super or audit administrator who has not signed yet.");
        }

        // A person in validity may stand beside somebody whose certificate has ended: one such pair is enough, whoever else has signed.
        var holders = signers.Count(signer => signer.Roles.Contains(Roles.ShareHolder));
        var vouched = signers is [{ Ended: false }, ..] && signers.Skip(1).Any(signer => !signer.Ended && !signer.Roles.Contains(Roles.ShareHolder));
        if (!vouched && holders < threshold && (other is not null || signers is [{ Ended: true }, ..]))
        {
            missing.Add($"{threshold - holders} of the share holders: the certificate of somebody who signed has ended.");
        }

        return missing;
    }
}
