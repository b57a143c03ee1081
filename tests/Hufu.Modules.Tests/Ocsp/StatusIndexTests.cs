using Hufu.Contracts;
using Hufu.Ocsp.Status;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class StatusIndexTests
{
    private static readonly byte[] Serial = Convert.FromHexString("00ff00112233445566778899aabbccdd");
    private static readonly DateTimeOffset At = new(2026, 11, 22, 8, 0, 5, TimeSpan.Zero);

    [Fact]
    public void R14_an_unknown_serial_is_never_good()
    {
        var index = new StatusIndex();
        index.Issued("operational", Serial);
        Assert.Equal(Standing.Good, index.Find("operational", Serial).Standing);
        Assert.Equal(Standing.Unknown, index.Find("root", Serial).Standing);
        Assert.Equal(Standing.Unknown, index.Find("operational", []).Standing);
        Assert.Equal(Standing.Unknown, index.Find("operational", new byte[22]).Standing);
        for (var octet = 0; octet < Serial.Length; octet++)
        {
            var other = Serial.ToArray();
            other[octet] ^= 1;
            Assert.Equal(Standing.Unknown, index.Find("operational", other).Standing);
        }
    }

    [Fact]
    public void R11_a_shortened_serial_is_another_serial()
    {
        var index = new StatusIndex();
        index.Issued("operational", Serial);
        Assert.Equal(Standing.Unknown, index.Find("operational", Serial.AsSpan(1)).Standing);
        Assert.Equal(Standing.Unknown, index.Find("operational", Serial.AsSpan(0, 8)).Standing);
        Assert.Equal(Standing.Unknown, index.Find("operational", [0, .. Serial]).Standing);
    }

    [Fact]
    public void The_first_revocation_stays()
    {
        var index = new StatusIndex();
        index.Issued("operational", Serial);
        index.Revoked("operational", Serial, At, RevocationReason.KeyCompromise);
        index.Revoked("operational", Serial, At.AddDays(1), RevocationReason.Superseded);
        index.Issued("operational", Serial);
        Assert.Equal(new CertificateStanding(Standing.Revoked, At, RevocationReason.KeyCompromise), index.Find("operational", Serial));
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void A_revocation_that_comes_before_the_issue_is_kept()
    {
        var index = new StatusIndex();
        index.Revoked("operational", Serial, At, RevocationReason.CessationOfOperation);
        Assert.Equal(Standing.Revoked, index.Find("operational", Serial).Standing);
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void A_suspension_gives_way_to_a_revocation_or_is_lifted_and_a_revocation_never_is()
    {
        var index = new StatusIndex();
        index.Issued("operational", Serial);
        index.Revoked("operational", Serial, At, RevocationReason.CertificateHold);
        Assert.Equal(RevocationReason.CertificateHold, index.Find("operational", Serial).Reason);
        index.Resumed("operational", Serial);
        Assert.Equal(CertificateStanding.Good, index.Find("operational", Serial));
        Assert.Equal(0, index.RevokedCount);
        index.Revoked("operational", Serial, At, RevocationReason.CertificateHold);
        index.Revoked("operational", Serial, At.AddHours(1), RevocationReason.KeyCompromise);
        index.Resumed("operational", Serial);
        Assert.Equal(new CertificateStanding(Standing.Revoked, At.AddHours(1), RevocationReason.KeyCompromise), index.Find("operational", Serial));
    }
}
