using Hufu.Records;

namespace Hufu.Kmc.Recovery;

/// <summary>Which pairs a CA may have enveloped to a holder's new signing key, because two people of the key centre have released them.</summary>
internal static class RecoveryGrants
{
    /// <summary>Adds one.</summary>
    public static void Add(Session session, string ca, string userCertNo, byte[] holderKey, string recovery, long until) => session.Execute(
        """
        INSERT INTO kmc_recovery_grant (ca, user_cert_no, holder_key, recovery, until) VALUES (@ca, @userCertNo, @holderKey, @recovery, @until)
        ON CONFLICT (ca, user_cert_no, holder_key) DO UPDATE SET recovery = excluded.recovery, until = excluded.until
        """,
        new { ca, userCertNo, holderKey, recovery, until });

    /// <summary>Whether there is one at this moment.</summary>
    public static bool Covers(Session session, string ca, string userCertNo, byte[] holderKey, long now) => session.Scalar<long>(
        "SELECT COUNT(*) FROM kmc_recovery_grant WHERE ca = @ca AND user_cert_no = @userCertNo AND holder_key = @holderKey AND until > @now", new { ca, userCertNo, holderKey, now }) != 0;
}
