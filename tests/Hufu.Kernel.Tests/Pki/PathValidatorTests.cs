using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class PathValidatorTests
{
    private static readonly TestPki s_pki = TestPki.Instance;

    internal static PathRequest Request(RevocationRequirement revocation = RevocationRequirement.None) => new()
    {
        TrustAnchors = [s_pki.Root],
        Intermediates = [s_pki.Ca],
        Time = TestPki.Now,
        Purpose = CertificatePurpose.Signing,
        Revocation = revocation,
        RevocationLists = [],
        OcspResponses = [],
    };

    private static RevocationListHeader Header(Certificate issuer, DateTimeOffset? at = null) => new()
    {
        Issuer = issuer.Subject,
        ThisUpdate = at ?? TestPki.Now.AddHours(-1),
        NextUpdate = (at ?? TestPki.Now.AddHours(-1)).AddHours(24),
        Number = 1,
        AuthorityKeyIdentifier = AuthorityKeyIdentifier.FromIssuer(issuer),
    };

    private static CertificateRevocationList CaList(params RevokedEntry[] entries) => CertificateRevocationList.Sign(Header(s_pki.Ca), entries, s_pki.CaKey);

    private static CertificateRevocationList RootList(params RevokedEntry[] entries) => CertificateRevocationList.Sign(Header(s_pki.Root), entries, s_pki.RootKey);

    private static OcspResponse Ocsp(OcspCertificateStatus status, Sm2KeyPair key, Certificate responder, DateTimeOffset? revokedAt = null, DateTimeOffset? nextUpdate = null) => OcspResponse.Sign(
        [new OcspSingleResponse(OcspCertId.Create(s_pki.Ca, s_pki.Signing.SerialNumber, Oids.Sm3), status, TestPki.Now.AddMinutes(-1), nextUpdate ?? TestPki.Now.AddHours(1), revokedAt)],
        TestPki.Now, null, key, responder);

    private static void AssertReason(PathReason reason, PathVerdict verdict)
    {
        Assert.Equal(reason, verdict.Reason);
        Assert.Equal(reason == PathReason.None, verdict.IsValid);
        Assert.NotEmpty(verdict.Explanation);
    }

    [Fact]
    public void An_ocsp_answer_counts_for_its_moment_and_its_signer_s_time_in_office()
    {
        PathRequest request = Request(RevocationRequirement.Require) with { RevocationLists = [RootList()] };
        AssertReason(PathReason.None, With(TestPki.Now.AddMinutes(-1), null, TestPki.Now));
        AssertReason(PathReason.RevocationStale, With(TestPki.Now.AddHours(-1), null, TestPki.Now)); // says nothing of how long it is good
        AssertReason(PathReason.RevocationUnknown, With(TestPki.Now.AddDays(-2), TestPki.Now.AddHours(1), TestPki.Now)); // the signer was not in office then
        AssertReason(PathReason.RevocationUnknown, With(TestPki.Now, TestPki.Now.AddHours(1), TestPki.Now.AddMinutes(-10))); // knows more than when it spoke

        PathVerdict With(DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, DateTimeOffset producedAt) => PathValidator.Validate(s_pki.Signing, request with
        {
            OcspResponses = [OcspResponse.Sign(
                [new OcspSingleResponse(OcspCertId.Create(s_pki.Ca, s_pki.Signing.SerialNumber, Oids.Sm3), OcspCertificateStatus.Good, thisUpdate, nextUpdate)], producedAt, null, s_pki.OcspKey, s_pki.Ocsp)],
        });
    }

    [Fact]
    public void A_good_path_is_found_and_every_check_named()
    {
        PathVerdict verdict = PathValidator.Validate(s_pki.Signing, Request());
        AssertReason(PathReason.None, verdict);
        Assert.Equal([s_pki.Signing, s_pki.Ca, s_pki.Root], verdict.Path);
        Assert.Equal(["path", "validity", "extensions", "authority", "purpose", "revocation"], verdict.Checks.Select(c => c.Name).Distinct());
        Assert.All(verdict.Checks.Where(c => c.Name == "revocation"), c => Assert.Equal(CheckOutcome.NotChecked, c.Outcome));
    }

    [Fact]
    public void Without_the_anchor_the_intermediate_or_the_right_signature_there_is_no_path()
    {
        AssertReason(PathReason.NoPath, PathValidator.Validate(s_pki.Signing, Request() with { TrustAnchors = [] }));
        AssertReason(PathReason.NoPath, PathValidator.Validate(s_pki.Signing, Request() with { Intermediates = [] }));
        byte[] der = s_pki.Signing.Encode();
        der[der.AsSpan().IndexOf("某单位"u8) + 2] ^= 1;
        AssertReason(PathReason.BadSignature, PathValidator.Validate(Certificate.Decode(der), Request()));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, Request() with { TrustAnchors = [s_pki.Ca], Intermediates = [] }));
    }

    [Fact]
    public void Validity_counts_both_ends_in()
    {
        PathVerdict At(DateTimeOffset time) => PathValidator.Validate(s_pki.Signing, Request() with { Time = time });
        AssertReason(PathReason.None, At(s_pki.Signing.NotBefore));
        AssertReason(PathReason.NotYetValid, At(s_pki.Signing.NotBefore.AddSeconds(-1)));
        AssertReason(PathReason.None, At(s_pki.Signing.NotAfter));
        AssertReason(PathReason.None, At(s_pki.Signing.NotAfter.AddMilliseconds(999)));
        AssertReason(PathReason.Expired, At(s_pki.Signing.NotAfter.AddSeconds(1)));
    }

    [Fact]
    public void A_certificate_that_is_no_CA_issues_nothing()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        Certificate forged = TestPki.Issue("C=CN, CN=forged", key, s_pki.Signing, s_pki.SigningKey, TestPki.EndEntity(KeyUsages.Signing));
        AssertReason(PathReason.NotAuthority, PathValidator.Validate(forged, Request() with { Intermediates = [s_pki.Ca, s_pki.Signing] }));
    }

    [Fact]
    public void A_path_length_is_kept()
    {
        using Sm2KeyPair subKey = Sm2KeyPair.Generate();
        using Sm2KeyPair leafKey = Sm2KeyPair.Generate();
        Certificate sub = TestPki.Issue("C=CN, CN=Sub", subKey, s_pki.Ca, s_pki.CaKey, TestPki.Authority(null)); // the CA's pathLenConstraint is 0
        Certificate leaf = TestPki.Issue("C=CN, CN=leaf", leafKey, sub, subKey, TestPki.EndEntity(KeyUsages.Signing));
        AssertReason(PathReason.PathTooLong, PathValidator.Validate(leaf, Request() with { Intermediates = [s_pki.Ca, sub] }));
    }

    [Fact]
    public void A_critical_extension_that_nobody_knows_ends_the_path()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        Certificate strange = TestPki.Issue("C=CN, CN=x", key, s_pki.Ca, s_pki.CaKey, [.. TestPki.EndEntity(KeyUsages.Signing), new CertificateExtension("1.2.3.4", true, new byte[] { 5, 0 })]);
        AssertReason(PathReason.UnknownCriticalExtension, PathValidator.Validate(strange, Request()));
    }

    [Theory]
    [InlineData("signing", CertificatePurpose.Signing, true)]
    [InlineData("signing", CertificatePurpose.Encryption, false)]
    [InlineData("encryption", CertificatePurpose.Encryption, true)]
    [InlineData("encryption", CertificatePurpose.Signing, false)]
    [InlineData("tsa", CertificatePurpose.TimeStamping, true)]
    [InlineData("tsa", CertificatePurpose.Signing, false)]
    [InlineData("ocsp", CertificatePurpose.OcspSigning, true)]
    [InlineData("ocsp", CertificatePurpose.TimeStamping, false)]
    [InlineData("signing", CertificatePurpose.OcspSigning, false)]
    [InlineData("signing", CertificatePurpose.TimeStamping, false)]
    [InlineData("signing", CertificatePurpose.CodeSigning, false)]
    [InlineData("signing", CertificatePurpose.TlsServer, true)]
    [InlineData("ocsp", CertificatePurpose.TlsServer, false)]
    [InlineData("ca", CertificatePurpose.Issuing, true)]
    [InlineData("ca", CertificatePurpose.Signing, false)]
    [InlineData("signing", CertificatePurpose.Issuing, false)]
    public void A_certificate_serves_its_purpose_only(string which, CertificatePurpose purpose, bool good)
    {
        Certificate certificate = which switch { "signing" => s_pki.Signing, "encryption" => s_pki.Encryption, "tsa" => s_pki.Tsa, "ocsp" => s_pki.Ocsp, _ => s_pki.Ca };
        AssertReason(good ? PathReason.None : PathReason.WrongPurpose, PathValidator.Validate(certificate, Request() with { Purpose = purpose }));
    }

    [Fact]
    public void Required_evidence_must_be_there_for_every_certificate_below_the_anchor()
    {
        PathRequest request = Request(RevocationRequirement.Require);
        AssertReason(PathReason.RevocationUnknown, PathValidator.Validate(s_pki.Signing, request));
        AssertReason(PathReason.RevocationUnknown, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [CaList()] }));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [CaList(), RootList()] }));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [RootList()], OcspResponses = [Ocsp(OcspCertificateStatus.Good, s_pki.OcspKey, s_pki.Ocsp)] }));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, request with { Revocation = RevocationRequirement.IfAvailable }));
    }

    [Fact]
    public void Revoked_suspended_and_revoked_later_are_told_apart()
    {
        PathRequest request = Request(RevocationRequirement.IfAvailable);
        RevokedEntry entry = new(s_pki.Signing.SerialNumber, TestPki.Now.AddHours(-2), RevocationReason.CessationOfOperation);
        PathVerdict With(RevokedEntry e) => PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [CaList(e)] });
        AssertReason(PathReason.Revoked, With(entry));
        Assert.Contains("CessationOfOperation", With(entry).Explanation);
        AssertReason(PathReason.OnHold, With(entry with { Reason = RevocationReason.CertificateHold }));
        AssertReason(PathReason.None, With(entry with { RevocationDate = TestPki.Now.AddSeconds(1) }));
        AssertReason(PathReason.Revoked, With(entry with { RevocationDate = TestPki.Now.AddSeconds(1), InvalidityDate = TestPki.Now.AddDays(-1) }));
        AssertReason(PathReason.Revoked, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [RootList(new RevokedEntry(s_pki.Ca.SerialNumber, TestPki.Now.AddDays(-1)))] }));

        // Bad news beats good news; a signature before the revocation stays good.
        OcspResponse good = Ocsp(OcspCertificateStatus.Good, s_pki.OcspKey, s_pki.Ocsp);
        AssertReason(PathReason.Revoked, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [CaList(entry)], OcspResponses = [good] }));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [CaList(entry)], Time = TestPki.Now.AddHours(-3) }));
        AssertReason(PathReason.Revoked, PathValidator.Validate(s_pki.Signing, request with { OcspResponses = [Ocsp(OcspCertificateStatus.Revoked, s_pki.OcspKey, s_pki.Ocsp, TestPki.Now.AddDays(-1))] }));
    }

    [Fact]
    public void A_lifted_suspension_counts_and_a_stale_one_does_not()
    {
        RevokedEntry hold = new(s_pki.Signing.SerialNumber, TestPki.Now.AddHours(-5), RevocationReason.CertificateHold);
        CertificateRevocationList older = CertificateRevocationList.Sign(Header(s_pki.Ca, TestPki.Now.AddHours(-4)), [hold], s_pki.CaKey);
        PathRequest request = Request(RevocationRequirement.IfAvailable);
        AssertReason(PathReason.OnHold, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [older] }));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [older, CaList()] }));
        AssertReason(PathReason.None, PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [CaList(), older] }));
    }

    [Fact]
    public void Evidence_that_is_stale_foreign_partial_or_forged_is_no_evidence()
    {
        PathRequest request = Request(RevocationRequirement.Require) with { RevocationLists = [RootList()] };
        PathVerdict With(CertificateRevocationList list) => PathValidator.Validate(s_pki.Signing, request with { RevocationLists = [RootList(), list] });
        AssertReason(PathReason.RevocationStale, With(CertificateRevocationList.Sign(Header(s_pki.Ca, TestPki.Now.AddDays(-3)), [], s_pki.CaKey)));
        AssertReason(PathReason.RevocationUnknown, With(CertificateRevocationList.Sign(Header(s_pki.Ca), [], s_pki.SigningKey)));
        AssertReason(PathReason.RevocationUnknown, With(CertificateRevocationList.Sign(Header(s_pki.Ca) with { DeltaBase = 0 }, [], s_pki.CaKey)));
        AssertReason(PathReason.RevocationUnknown, With(CertificateRevocationList.Sign(
            Header(s_pki.Ca) with { IssuingDistributionPoint = new IssuingDistributionPoint([], RevocationListScope.AuthorityCertificates) }, [], s_pki.CaKey)));
        AssertReason(PathReason.RevocationUnknown, With(CertificateRevocationList.Sign(
            Header(s_pki.Ca) with { IssuingDistributionPoint = new IssuingDistributionPoint([GeneralName.Uri("http://other/1.crl")], RevocationListScope.All) }, [], s_pki.CaKey)));
        AssertReason(PathReason.RevocationUnknown, With(CertificateRevocationList.Sign(
            Header(s_pki.Ca) with { FurtherExtensions = [new CertificateExtension("1.2.3.4", true, new byte[] { 5, 0 })] }, [], s_pki.CaKey)));
        AssertReason(PathReason.RevocationUnknown, With(CertificateRevocationList.Sign(Header(s_pki.Ca, s_pki.Signing.NotAfter.AddDays(1)), [], s_pki.CaKey)));

        PathVerdict WithOcsp(OcspResponse response) => PathValidator.Validate(s_pki.Signing, request with { OcspResponses = [response] });
        AssertReason(PathReason.None, WithOcsp(Ocsp(OcspCertificateStatus.Good, s_pki.CaKey, s_pki.Ca)));
        AssertReason(PathReason.RevocationUnknown, WithOcsp(Ocsp(OcspCertificateStatus.Good, s_pki.SigningKey, s_pki.Signing))); // no OCSPSigning
        AssertReason(PathReason.RevocationUnknown, WithOcsp(Ocsp(OcspCertificateStatus.Good, s_pki.SigningKey, s_pki.Ocsp))); // another key
        AssertReason(PathReason.RevocationUnknown, WithOcsp(Ocsp(OcspCertificateStatus.Unknown, s_pki.OcspKey, s_pki.Ocsp)));
        AssertReason(PathReason.RevocationStale, WithOcsp(Ocsp(OcspCertificateStatus.Good, s_pki.OcspKey, s_pki.Ocsp, nextUpdate: TestPki.Now.AddSeconds(-1))));
        AssertReason(PathReason.RevocationUnknown, WithOcsp(OcspResponse.Failure(OcspResponseStatus.TryLater)));
    }

    [Fact]
    public void A_list_of_the_certificates_own_distribution_point_counts()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        Certificate leaf = TestPki.Issue("C=CN, CN=x", key, s_pki.Ca, s_pki.CaKey, [.. TestPki.EndEntity(KeyUsages.Signing), CrlDistributionPoints.FromUris("http://crl/7.crl").ToExtension()]);
        IssuingDistributionPoint point = new([GeneralName.Uri("http://crl/7.crl")], RevocationListScope.UserCertificates);
        CertificateRevocationList list = CertificateRevocationList.Sign(Header(s_pki.Ca) with { IssuingDistributionPoint = point }, [], s_pki.CaKey);
        AssertReason(PathReason.None, PathValidator.Validate(leaf, Request(RevocationRequirement.Require) with { RevocationLists = [RootList(), list] }));
    }

    [Fact]
    public void The_search_is_given_up_when_intermediates_look_alike()
    {
        // 40 CAs of one name, each certified by all the others under other keys' names: without a budget the search would not end.
        List<Certificate> crowd = [];
        Sm2KeyPair[] keys = [.. Enumerable.Range(0, 12).Select(_ => Sm2KeyPair.Generate())];
        TbsCertificate Between(Sm2KeyPair subject) => TestPki.Tbs("C=CN, CN=Crowd", subject.PublicKey, null, TestPki.Authority(null)) with { Extensions = TestPki.Authority(null) };
        foreach (Sm2KeyPair issuer in keys)
        {
            crowd.AddRange(keys.Where(k => k != issuer).Select(k => Certificate.Sign(Between(k), issuer)));
        }

        Certificate leaf = Certificate.Sign(TestPki.Tbs("C=CN, CN=leaf", s_pki.SigningKey.PublicKey, null) with { Issuer = crowd[0].Subject }, keys[0]);
        AssertReason(PathReason.BudgetExceeded, PathValidator.Validate(leaf, Request() with { Intermediates = crowd }));
        Array.ForEach(keys, k => k.Dispose());
    }

    [Fact]
    public void A_linked_CA_key_finds_its_way_from_new_to_old()
    {
        using Sm2KeyPair newKey = Sm2KeyPair.Generate();
        Certificate newRoot = TestPki.Issue("C=CN, O=虎符测试, CN=Root", newKey, null, null, TestPki.Authority(null));
        Certificate newWithOld = TestPki.Issue("C=CN, O=虎符测试, CN=Root", newKey, s_pki.Root, s_pki.RootKey, TestPki.Authority(null));
        using Sm2KeyPair caKey = Sm2KeyPair.Generate();
        Certificate ca = TestPki.Issue("C=CN, CN=New CA", caKey, newRoot, newKey, TestPki.Authority(0));
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        Certificate leaf = TestPki.Issue("C=CN, CN=leaf", key, ca, caKey, TestPki.EndEntity(KeyUsages.Signing));
        PathVerdict verdict = PathValidator.Validate(leaf, Request() with { Intermediates = [ca, newWithOld, newRoot] });
        AssertReason(PathReason.None, verdict);
        Assert.Equal([leaf, ca, newWithOld, s_pki.Root], verdict.Path);
    }

    [Fact]
    public void Signed_messages_are_good_at_the_time_of_their_stamp()
    {
        SignedMessage message = SignedMessage.Sign("document"u8.ToArray(), s_pki.SigningKey, s_pki.Signing, new SigningOptions
        {
            Syntax = MessageSyntax.Gm, Placement = ContentPlacement.Attached, Attributes = SignedAttributesMode.Standard, Certificates = [s_pki.Signing, s_pki.Ca],
        });
        SignedMessage stamped = message.WithTimeStamp(0, TimeStampTests.Token(message.Signers[0].Signature.ToArray(), MessageSyntax.Gm).RawData);
        SignedMessage wronglyStamped = message.WithTimeStamp(0, TimeStampTests.Token("something else"u8.ToArray(), MessageSyntax.Gm).RawData);
        PathRequest now = Request() with { Intermediates = [] };
        SignedMessageVerdict verdict = SignedMessageValidator.Validate(message, default, now, SignatureTimeSource.Given);
        Assert.True(verdict.IsValid, verdict.Explanation);

        // Revoked after the stamp: good with it, not good without it.
        RevokedEntry later = new(s_pki.Signing.SerialNumber, TestPki.Now.AddHours(1), RevocationReason.CessationOfOperation);
        PathRequest after = now with { Time = TestPki.Now.AddHours(2), Revocation = RevocationRequirement.IfAvailable, RevocationLists = [CaList(later)] };
        SignedMessageVerdict withStamp = SignedMessageValidator.Validate(stamped, default, after, SignatureTimeSource.TimeStampRequired);
        Assert.True(withStamp.IsValid, withStamp.Explanation);
        Assert.Equal(TestPki.Now.AddMilliseconds(120), withStamp.Signers[0].Time);
        SignedMessageVerdict without = SignedMessageValidator.Validate(message, default, after, SignatureTimeSource.TimeStampIfPresent);
        Assert.Equal(PathReason.Revoked, without.Signers[0].Path!.Reason);
        Assert.Contains("revoked", without.Explanation);
        Assert.False(SignedMessageValidator.Validate(message, default, after, SignatureTimeSource.TimeStampRequired).IsValid);
        SignedMessageVerdict wrong = SignedMessageValidator.Validate(wronglyStamped, default, now, SignatureTimeSource.TimeStampIfPresent);
        Assert.Equal(TimeStampVerdict.WrongImprint, wrong.Signers[0].TimeStamp);
        Assert.False(wrong.IsValid);
        Assert.False(SignedMessageValidator.Validate(SignedMessage.Decode(CertificateBag.Encode([s_pki.Ca], MessageSyntax.Gm)), default, now, SignatureTimeSource.Given).IsValid);
    }

    [Fact]
    public void A_changed_message_fails_before_its_path_is_looked_at()
    {
        SignedMessage message = SignedMessage.Sign("document"u8.ToArray(), s_pki.SigningKey, s_pki.Signing, new SigningOptions
        {
            Syntax = MessageSyntax.Cms, Placement = ContentPlacement.Detached, Attributes = SignedAttributesMode.Standard, Certificates = [s_pki.Signing, s_pki.Ca],
        });
        SignerVerdict verdict = SignedMessageValidator.Validate(message, "Document"u8.ToArray(), Request(), SignatureTimeSource.Given).Signers[0];
        Assert.Equal(MessageSignature.DigestMismatch, verdict.Signature);
        Assert.Null(verdict.Path);
        Assert.Equal("The content was changed after it was signed.", verdict.Explanation);
    }
}
