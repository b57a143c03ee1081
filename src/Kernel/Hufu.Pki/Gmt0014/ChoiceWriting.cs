using System.Formats.Asn1;

namespace Hufu.Pki.Gmt0014;

/// <summary>The tagging of the lists' CHOICEs: IMPLICIT or EXPLICIT by option when written, both read.</summary>
internal static class ChoiceWriting
{
    internal static void Write(AsnWriter writer, int choice, Gmt0014Options options, Action<AsnWriter> fields)
    {
        using (writer.PushContext(choice))
        {
            if (options.Tagging == ChoiceTagging.Explicit)
            {
                using (writer.PushSequence())
                {
                    fields(writer);
                }
            }
            else
            {
                fields(writer);
            }
        }
    }

    /// <summary>
    /// The fields of the next choice. EXPLICIT holds exactly one SEQUENCE; IMPLICIT holds several fields, or an INTEGER, so the two cannot be confused.
    /// </summary>
    internal static DerReader Open(ref DerReader list)
    {
        DerReader inner = list.ReadConstructed(list.PeekTag());
        if (inner.PeekTag() == DerTag.Sequence)
        {
            DerReader probe = inner;
            probe.ReadEncoded();
            if (probe.IsEmpty)
            {
                return inner.ReadSequence();
            }
        }

        return inner;
    }
}
