using System.Numerics;
using Hufu.Crypto;
using Hufu.Pki;
using static Hufu.Kernel.Tests.Pki.ListObject;
using static Hufu.Kernel.Tests.Pki.LintObjects;
using static Hufu.Kernel.Tests.Pki.RequestObject;

namespace Hufu.Kernel.Tests.Pki;

/// <summary>Fixtures of the rules for lists and requests.</summary>
internal static class RequestAndListFixtures
{
    private static readonly ListObject s_list = new();
    private static readonly RequestObject s_request = new();
    private static readonly DateTimeOffset s_now = TestPki.Now;

    internal static IEnumerable<LintFixture> All => [.. Lists(), .. Entries(), .. Requests()];

    private static LintFixture List(string rule, params ListObject[] wrong) => new(rule, s_list.Case(), [.. wrong.Select(w => w.Case())]);

    private static LintFixture List(string rule, ListObject right, ListObject wrong) => new(rule, right.Case(), [wrong.Case()]);

    private static LintFixture ListOfTwo(string rule, ListObject wrong, ListObject too) => new(rule, s_list.Case(), [wrong.Case(), too.Case()]);

    private static LintFixture OfEntry(string rule, params byte[] entry) => List(rule, s_list with { Entries = [.. s_list.Entries!, entry] });

    private static LintFixture Request(string rule, params RequestObject[] wrong) => new(rule, s_request.Case(), [.. wrong.Select(w => w.Case())]);

    private static ListObject Plus(params CertificateExtension[] extensions) => s_list with { Extensions = [.. s_list.Extensions, .. extensions] };

    private static ListObject Instead(CertificateExtension extension) => s_list with { Extensions = [.. s_list.Extensions.Where(e => e.Oid != extension.Oid), extension] };

    private static ListObject Less(string oid) => s_list with { Extensions = [.. s_list.Extensions.Where(e => e.Oid != oid)] };

    private static readonly CertificateExtension s_freshest = CrlDistributionPoints.FromUris("http://crl.gov.cn/d.crl").ToExtension() with { Oid = Oids.FreshestCrl };

    private static readonly CertificateExtension s_point = new IssuingDistributionPoint([GeneralName.Uri("http://crl.gov.cn/1.crl")], RevocationListScope.All).ToExtension();

    private static IEnumerable<LintFixture> Lists() =>
    [
        ListOfTwo("hufu_crl_version_not_2", s_list with { Version = null }, s_list with { Version = 2 }),
        List("hufu_crl_issuer_empty", s_list with { Issuer = DistinguishedName.Empty }),
        List("hufu_crl_issuer_mismatch", s_list with { Issuer = Ours.Root.Subject }),
        List("hufu_crl_issuer_may_not_sign", s_list with { Signer = Ours.Signing, Issuer = Ours.Signing.Subject }),
        List("hufu_crl_signature_key_mismatch", s_list with { Inner = AlgorithmIdentifier.EcdsaWithSha256 }),
        List("hufu_crl_time_type", s_list with { LateTimes = true }),
        List("hufu_crl_next_update_missing", s_list with { NextUpdate = null }),
        List("hufu_crl_next_update_reversed", s_list with { NextUpdate = s_now }),
        List("hufu_crl_next_update_far", s_list with { NextUpdate = s_now.AddYears(2) }),
        ListOfTwo("hufu_crl_extension_unreadable", Instead(Raw(Oids.CrlNumber, false, 5, 0)), Plus(Raw(Oids.IssuingDistributionPoint, true, 5, 0))),
        List("hufu_crl_extension_unknown_critical", Plus(Raw("1.2.3.4", true, 5, 0))),
        List("hufu_crl_extension_unknown", Plus(Raw("1.2.3.4", false, 5, 0))),
        ListOfTwo("hufu_crl_extension_wrongly_critical", Instead(Number(7, critical: true)), Plus(Flip(s_freshest))),
        List("hufu_crl_authority_key_identifier_missing", Less(Oids.AuthorityKeyIdentifier)),
        List("hufu_crl_authority_key_identifier_without_key", Instead(Raw(Oids.AuthorityKeyIdentifier, false, 0x30, 0))),
        List("hufu_crl_authority_key_identifier_mismatch", Instead(AuthorityKeyIdentifier.FromKeyIdentifier(new byte[20]).ToExtension())),
        List("hufu_crl_number_missing", Less(Oids.CrlNumber)),
        List("hufu_crl_number_negative", Instead(Number(-1))),
        List("hufu_crl_number_too_long", Instead(Number(BigInteger.One << 160))),
        List("hufu_crl_delta_not_critical", Plus(Delta(6)), Plus(Delta(6, critical: false))),
        List("hufu_crl_delta_base_not_earlier", Plus(Delta(6)), Plus(Delta(7))),
        List("hufu_crl_delta_with_freshest", Plus(Delta(6)), Plus(Delta(6), s_freshest)),
        List("hufu_crl_point_not_critical", Plus(s_point), Plus(Flip(s_point))),
        List("hufu_crl_point_empty", Plus(s_point), Plus(Point(true))),
        List("hufu_crl_point_partial", Plus(s_point), Plus(Point(true, 0x84, 1, 0xFF))),
        List("hufu_crl_point_address", Plus(s_point), Plus(new IssuingDistributionPoint([GeneralName.Uri("ftp://crl.gov.cn/1.crl")], RevocationListScope.All).ToExtension())),
        List("hufu_crl_entries_empty", s_list with { Entries = null }, s_list with { Entries = [] }),
    ];

    private static IEnumerable<LintFixture> Entries() =>
    [
        OfEntry("hufu_crl_entry_serial_not_positive", Entry(-5, s_now)),
        OfEntry("hufu_crl_entry_serial_too_long", Entry(BigInteger.One << 160, s_now)),
        OfEntry("hufu_crl_entry_serial_repeated", Entry(1, s_now)),
        OfEntry("hufu_crl_entry_time_type", Entry(9, s_now, true, null)),
        OfEntry("hufu_crl_entry_after_this_update", Entry(9, s_now.AddSeconds(1))),
        OfEntry("hufu_crl_entry_extensions_empty", Entry(9, s_now, false, [])),
        OfEntry("hufu_crl_entry_extension_repeated", Entry(9, s_now, Reason(1), Reason(1))),
        OfEntry("hufu_crl_entry_extension_unknown_critical", Entry(9, s_now, Raw("1.2.3.4", true, 5, 0))),
        OfEntry("hufu_crl_entry_reason_unknown", Entry(9, s_now, Reason(7))),
        OfEntry("hufu_crl_entry_reason_unspecified", Entry(9, s_now, Reason(0))),
        OfEntry("hufu_crl_entry_reason_critical", Entry(9, s_now, Reason(1, critical: true))),
        List("hufu_crl_entry_remove_outside_delta", Plus(Delta(6)) with { Entries = [Entry(9, s_now, Reason(8))] }, s_list with { Entries = [Entry(9, s_now, Reason(8))] }),
        OfEntry("hufu_crl_entry_attribute_authority", Entry(9, s_now, Reason(10))),
        OfEntry("hufu_crl_entry_invalidity_form", Entry(9, s_now, Raw(Oids.InvalidityDate, false, 5, 0))),
        OfEntry("hufu_crl_entry_invalidity_critical", Entry(9, s_now, Invalidity(s_now, critical: true))),
        OfEntry("hufu_crl_entry_invalidity_after_revocation", Entry(9, s_now, Invalidity(s_now.AddSeconds(1)))),
        List("hufu_crl_entry_certificate_issuer_not_critical", s_list with { Entries = [Entry(9, s_now, Raw(Oids.CertificateIssuer, true, 0x30, 0))] }, s_list with { Entries = [Entry(9, s_now, Raw(Oids.CertificateIssuer, false, 0x30, 0))] }),
        OfEntry("hufu_crl_entry_hold_instruction", Entry(9, s_now, Raw("2.5.29.23", false, 6, 1, 42))),
    ];

    private static IEnumerable<LintFixture> Requests() =>
    [
        Request("hufu_request_version_not_0", s_request with { Version = 1 }),
        Request("hufu_request_subject_empty", s_request with { Subject = DistinguishedName.Empty }),
        Request("hufu_request_signature_key_mismatch", s_request with { Algorithm = AlgorithmIdentifier.EcdsaWithSha256 }),
        Request("hufu_request_possession_wrong_key", s_request with { Key = Ours.TsaKey.PublicKey }),
        Request("hufu_request_possession_without_z", s_request with { Sign = WithoutZ }),
        Request("hufu_request_possession_empty_id", s_request with { Sign = EmptyId }),
        Request("hufu_request_attributes_missing", s_request with { Attributes = null }),
        Request("hufu_request_attribute_repeated", s_request with { Attributes = [Ask(Hosts("a.gov.cn")), Ask(Hosts("b.gov.cn"))] }),
        Request("hufu_request_attribute_several_values", s_request with { Attributes = [Attribute(Oids.AttributeChallengePassword, [0x0C, 1, 0x61], [0x0C, 1, 0x62])] }),
        Request("hufu_request_attribute_unknown", s_request with { Attributes = [Attribute("1.2.3.4", [5, 0])] }),
        Request("hufu_request_extensions_unreadable", s_request with { Attributes = [Attribute(Oids.AttributeExtensionRequest, [5, 0])] }),
        Request("hufu_request_asks_for_authority", s_request with { Attributes = [Ask(new BasicConstraints(true).ToExtension())] }, s_request with { Attributes = [Ask(new KeyUsageExtension(KeyUsages.CrlSign).ToExtension())] }),
        Request("hufu_request_challenge_form", s_request with { Attributes = [Attribute(Oids.AttributeGmChallengePassword, [2, 1, 1])] }),
    ];

    private static byte[] EmptyId(byte[] info)
    {
        byte[] signature = new byte[Sm2.SignatureSize];
        Ours.SigningKey.PrivateKey.SignData([], info, signature);
        return Sm2SignatureValue.Encode(signature);
    }

    private static byte[] WithoutZ(byte[] info) => Ours.SigningKey.SignDigest(Sm3.HashData(info));
}
