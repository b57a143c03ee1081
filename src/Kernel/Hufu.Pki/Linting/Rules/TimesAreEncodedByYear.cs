namespace Hufu.Pki.Linting.Rules;

/// <summary>Times are UTCTime through 2049 and GeneralizedTime from 2050.</summary>
internal sealed class TimesAreEncodedByYear() : LintRule(
    "hufu_cert_time_type", LintSeverity.Error, "RFC 5280 4.1.2.5; GM/T 0015", "Times are UTCTime through 2049 and GeneralizedTime from 2050.", "Write them with TbsCertificate.Encode.")
{
    internal override IEnumerable<string> Check(LintSubject subject)
    {
        (byte notBefore, byte notAfter) = ReadTags(subject.TbsData);
        if (notBefore == DerTag.GeneralizedTime == subject.Tbs.NotBefore.Year < 2050)
        {
            yield return "notBefore has the wrong time type for its year.";
        }

        if (notAfter == DerTag.GeneralizedTime == subject.Tbs.NotAfter.Year < 2050)
        {
            yield return "notAfter has the wrong time type for its year.";
        }
    }

    private static (byte NotBefore, byte NotAfter) ReadTags(ReadOnlyMemory<byte> tbs)
    {
        DerReader outer = new(tbs);
        DerReader fields = outer.ReadSequence();
        if (fields.PeekTag() == 0xA0)
        {
            fields.ReadEncoded();
        }

        fields.ReadEncoded(); // serialNumber
        fields.ReadEncoded(); // signature
        fields.ReadEncoded(); // issuer
        DerReader validity = fields.ReadSequence();
        byte notBefore = validity.PeekTag();
        validity.ReadEncoded();
        return (notBefore, validity.PeekTag());
    }
}
