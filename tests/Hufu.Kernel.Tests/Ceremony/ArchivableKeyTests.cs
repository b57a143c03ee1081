extern alias ceremony;

using ceremony::Hufu.Ceremony.Acts;
using ceremony::Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Kernel.Tests.Pki;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Ceremony;

/// <summary>Which keys a ceremony archives (6.6.2.2-g).</summary>
public sealed class ArchivableKeyTests
{
    [Fact]
    [Clause("6.6.2.2-g")]
    public void CAs_time_stamps_and_attribute_authorities_are_archived_other_operated_devices_are_not()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate(), other = Sm2KeyPair.Generate();
        ArchivableKey.Demand(key.PublicKey, Certified(key, TestPki.Authority(0)));
        ArchivableKey.Demand(key.PublicKey, Certified(key, [.. Device, new ExtendedKeyUsage([Oids.PurposeTimeStamping]).ToExtension(true)]));
        ArchivableKey.Demand(key.PublicKey, Certified(key, [.. Device, CertificateExtension.Create("1.3.6.1.5.5.7.1.6", false, static writer => writer.PushSequence().Dispose())]));

        Assert.Contains("6.6.2.2-g", Refused(key, Certified(key, Device)), StringComparison.Ordinal);
        Assert.Contains("6.6.2.2-g", Refused(key, Certified(key, [.. Device, new ExtendedKeyUsage(["1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.1"]).ToExtension(false)])), StringComparison.Ordinal);
        Assert.Contains("another key", Refused(other, Certified(key, TestPki.Authority(0))), StringComparison.Ordinal);
    }

    private static CertificateExtension[] Device => TestPki.EndEntity(KeyUsages.DigitalSignature | KeyUsages.NonRepudiation);

    private static Certificate Certified(Sm2KeyPair key, CertificateExtension[] extensions) => TestPki.Issue("C=CN, CN=device-1", key, null, null, extensions);

    private static string Refused(Sm2KeyPair key, Certificate certificate) => Assert.Throws<CeremonyRefusal>(() => ArchivableKey.Demand(key.PublicKey, certificate)).Message;
}
