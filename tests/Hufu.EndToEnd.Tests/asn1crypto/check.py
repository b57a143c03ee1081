"""Reads the files of `hufu demo` with Debian's python3-asn1crypto, an independent DER reader, and asks whether they are
written as shared/interop.md says the platform must write them. No signature is verified here.

check.py DIR    prints "pass NAME" or "fail NAME: reason", a line a check; exits 1 when one fails.
"""
import pathlib
import sys

from asn1crypto import cms, core, crl, csr, ocsp, pem, tsp, x509

SM2_WITH_SM3 = "1.2.156.10197.1.501"
SM2_CURVE = "1.2.156.10197.1.301"
SM3 = "1.2.156.10197.1.401"
GM = "1.2.156.10197.6.1.4.2"
END_ENTITIES = ["sign.cer", "enc.cer", "server.cer", "renewed.cer", "tsa.cer"]

folder = pathlib.Path(sys.argv[1])


def require(condition, otherwise):
    if not condition:
        raise AssertionError(otherwise)


def certificate(name):
    return x509.Certificate.load((folder / name).read_bytes(), strict=True)


def absent(algorithm):
    """The parameters of an AlgorithmIdentifier are not there, not even as NULL."""
    return isinstance(algorithm["parameters"], core.Void)


def extension(cert, oid):
    for item in cert["tbs_certificate"]["extensions"]:
        if item["extn_id"].native == oid:
            return item
    return None


def signature_algorithm(signed, inner):
    require(signed["algorithm"].dotted == SM2_WITH_SM3, f"signature algorithm {signed['algorithm'].dotted}")
    require(absent(signed), "the signature algorithm has parameters")
    require(signed.dump() == inner.dump(), "inner and outer signature algorithm differ")


def every_certificate():
    for name in ["root.cer", "ca.cer"] + END_ENTITIES:
        cert = certificate(name)
        tbs = cert["tbs_certificate"]
        require(tbs["version"].native == "v3", f"{name}: not version 3")
        signature_algorithm(cert["signature_algorithm"], tbs["signature"])
        key = tbs["subject_public_key_info"]
        require(key["algorithm"]["algorithm"].dotted == "1.2.840.10045.2.1", f"{name}: key algorithm")
        require(key["algorithm"]["parameters"].chosen.dotted == SM2_CURVE, f"{name}: not the named SM2 curve")
        serial = tbs["serial_number"]
        require(serial.native > 0 and 16 <= len(serial.contents) <= 20, f"{name}: a serial of {len(serial.contents)} bytes")
        for party in (tbs["issuer"], tbs["subject"]):
            attributes = [attribute for rdn in party.chosen for attribute in rdn]
            require(attributes[0]["type"].native == "country_name", f"{name}: the name does not begin with the country")
            for attribute in attributes:
                kind = type(attribute["value"].chosen)
                expected = core.PrintableString if attribute["type"].native == "country_name" else core.UTF8String
                require(kind is expected or attribute["type"].native in ("email_address", "domain_component", "serial_number"),
                        f"{name}: {attribute['type'].native} is a {kind.__name__}")


def authorities():
    for name in ["root.cer", "ca.cer"]:
        cert = certificate(name)
        basic, usage = extension(cert, "basic_constraints"), extension(cert, "key_usage")
        require(basic is not None and basic["critical"].native and cert.basic_constraints_value["ca"].native, f"{name}: no critical CA:TRUE")
        require(usage["critical"].native and cert.key_usage_value.native >= {"key_cert_sign", "crl_sign"}, f"{name}: key usage")
    require(certificate("ca.cer").authority_key_identifier == certificate("root.cer").key_identifier, "ca.cer: authority key identifier")


def end_entities():
    ca = certificate("ca.cer")
    for name in END_ENTITIES:
        cert = certificate(name)
        require(extension(cert, "basic_constraints") is None, f"{name}: has basicConstraints")
        require(extension(cert, "key_usage")["critical"].native, f"{name}: keyUsage is not critical")
        policies = extension(cert, "certificate_policies")
        require(policies is None or not policies["critical"].native, f"{name}: certificatePolicies is critical")
        require(cert.authority_key_identifier == ca.key_identifier, f"{name}: authority key identifier")
        require(cert.key_identifier is not None, f"{name}: no subject key identifier")
        require(cert.issuer.dump() == ca.subject.dump(), f"{name}: issuer")
        require(cert.crl_distribution_points, f"{name}: no CRL distribution point")
        require(cert.ocsp_urls, f"{name}: no OCSP address")


def pair():
    sign, enc = certificate("sign.cer"), certificate("enc.cer")
    require(sign.subject.dump() == enc.subject.dump(), "two subjects")
    require(sign.serial_number != enc.serial_number, "one serial")
    require(sign.public_key.dump() != enc.public_key.dump(), "one key")
    require(sign.key_usage_value.native == {"digital_signature", "non_repudiation"}, f"sign.cer: {sign.key_usage_value.native}")
    require(enc.key_usage_value.native == {"key_encipherment", "data_encipherment", "key_agreement"}, f"enc.cer: {enc.key_usage_value.native}")


def purposes():
    tsa = certificate("tsa.cer")
    usage = extension(tsa, "extended_key_usage")
    require(usage is not None and usage["critical"].native and tsa.extended_key_usage_value.native == ["time_stamping"], "tsa.cer: timeStamping critical and alone")
    require("server_auth" in (certificate("server.cer").extended_key_usage_value or core.Null()).native, "server.cer: not for servers")


def renewal():
    validity = certificate("renewed.cer")["tbs_certificate"]["validity"]
    life = validity["not_after"].native - validity["not_before"].native
    require(19 <= life.total_seconds() / 86400 <= 61, f"renewed.cer lives {life}")


def crls():
    numbers = {}
    for name, issuer in (("root.crl", "root.cer"), ("crl-before.crl", "ca.cer"), ("crl-after.crl", "ca.cer")):
        signed = crl.CertificateList.load((folder / name).read_bytes(), strict=True)
        tbs = signed["tbs_cert_list"]
        require(tbs["version"].native == "v2", f"{name}: not version 2")
        signature_algorithm(signed["signature_algorithm"], tbs["signature"])
        require(signed.authority_key_identifier == certificate(issuer).key_identifier, f"{name}: authority key identifier")
        require(signed.crl_number_value is not None, f"{name}: no CRL number")
        require(tbs["next_update"].native > tbs["this_update"].native, f"{name}: next update")
        numbers[name] = signed.crl_number_value.native
    require(numbers["crl-after.crl"] > numbers["crl-before.crl"], "the CRL number does not grow")
    listed = {entry["user_certificate"].native: entry for entry in tbs["revoked_certificates"]}
    for name in ("sign.cer", "enc.cer"):
        require(certificate(name).serial_number in listed, f"{name} is not in crl-after.crl")
        require(listed[certificate(name).serial_number].crl_reason_value is not None, f"{name}: no reason in crl-after.crl")


def answers():
    for name in ("ocsp-good.der", "ocsp-revoked.der"):
        basic = ocsp.OCSPResponse.load((folder / name).read_bytes(), strict=True).basic_ocsp_response
        require(basic["signature_algorithm"]["algorithm"].dotted == SM2_WITH_SM3 and absent(basic["signature_algorithm"]), f"{name}: signature algorithm")
        require(len(basic["certs"]) == 1, f"{name}: not exactly one certificate inside")
        responder = basic["certs"][0]
        require("ocsp_signing" in responder.extended_key_usage_value.native, f"{name}: the responder is not for OCSP signing")
        require(responder.ocsp_no_check_value is not None, f"{name}: the responder's certificate is without id-pkix-ocsp-nocheck")


class GmContentInfo(core.Sequence):
    _fields = [("content_type", core.ObjectIdentifier), ("content", core.Any, {"explicit": 0})]


class GmSignedData(core.Sequence):
    _fields = [
        ("version", core.Integer), ("digest_algorithms", cms.DigestAlgorithms), ("content_info", GmContentInfo),
        ("certificates", cms.CertificateSet, {"implicit": 0, "optional": True}), ("crls", cms.RevocationInfoChoices, {"implicit": 1, "optional": True}),
        ("signer_infos", cms.SignerInfos)]


def gm_document():
    """GM/T 0010: its own content types, version 1 throughout, issuer and serial, SM2-1, SM3."""
    info = GmContentInfo.load((folder / "document.p7s").read_bytes(), strict=True)
    require(info["content_type"].native == GM + ".2", "outer content type")
    data = info["content"].parse(GmSignedData)
    require(data["version"].native == 1, f"signedData version {data['version'].native}")
    require([algorithm["algorithm"].dotted for algorithm in data["digest_algorithms"]] == [SM3], "digest algorithms")
    require(data["content_info"]["content_type"].native == GM + ".1", "inner content type")
    require(data["content_info"]["content"].parse(core.OctetString).native == (folder / "document.txt").read_bytes(), "the content is not document.txt")
    signer = data["signer_infos"][0]
    require(signer["version"].native == "v1", f"signerInfo version {signer['version'].native}")
    require(signer["sid"].name == "issuer_and_serial_number", "the signer is not named by issuer and serial")
    require(signer["digest_algorithm"]["algorithm"].dotted == SM3, "the signer's digest algorithm")
    require(signer["signature_algorithm"]["algorithm"].dotted == "1.2.156.10197.1.301.1", "digestEncryptionAlgorithm is not SM2-1")


def cms_document():
    info = cms.ContentInfo.load((folder / "document.cms").read_bytes(), strict=True)
    require(info["content_type"].native == "signed_data", "outer content type")
    signer = info["content"]["signer_infos"][0]
    require(signer["digest_algorithm"]["algorithm"].dotted == SM3, "digest algorithm")
    require(signer["signature_algorithm"]["algorithm"].dotted == SM2_WITH_SM3, "signature algorithm")
    require(info["content"]["encap_content_info"]["content"].native == (folder / "document.txt").read_bytes(), "the content is not document.txt")


def time_stamp():
    request = tsp.TimeStampReq.load((folder / "timestamp.tsq").read_bytes(), strict=True)
    require(request["message_imprint"]["hash_algorithm"]["algorithm"].dotted == SM3, "imprint algorithm")
    require(request["cert_req"].native is True, "the request does not ask for the certificate")


def request():
    _, _, der = pem.unarmor((folder / "server.csr.pem").read_bytes())
    wanted = csr.CertificationRequest.load(der, strict=True)["certification_request_info"]["subject_pk_info"]["public_key"]
    require(wanted.dump() == certificate("server.cer").public_key["public_key"].dump(), "server.cer has another key than the request")


checks = {
    "certificates": every_certificate, "authorities": authorities, "end-entities": end_entities, "pair": pair, "purposes": purposes, "renewal": renewal,
    "crls": crls, "answers": answers, "document-gm": gm_document, "document-cms": cms_document, "time-stamp": time_stamp, "request": request,
}
failed = False
for name, check in checks.items():
    try:
        check()
        print("pass", name)
    except Exception as error:  # a file that does not read is a failed check too
        failed = True
        print(f"fail {name}: {type(error).__name__} {error}".replace("\n", " "))
sys.exit(failed)
