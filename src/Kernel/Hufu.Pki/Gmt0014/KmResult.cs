using System.Formats.Asn1;
using System.Text;

namespace Hufu.Pki.Gmt0014;

// Respond ::= CHOICE { applykeyrespond [0] RetKeyRespond, restorekeyrespond [1] RetKeyRespond, revokekeyrespond [2] RevokeKeyRespond,
//   errorPkgRespond [3] ErrorPkgRespond }   (GM/T 0014 5.2.3; IMPLICIT)

/// <summary>One entry of the KM's response.</summary>
public abstract record KmResult
{
    private protected KmResult()
    {
    }

    private protected abstract int Choice { get; }

    private protected abstract void WriteFields(AsnWriter writer, Gmt0014Options options);

    internal void Write(AsnWriter writer, Gmt0014Options options) => ChoiceWriting.Write(writer, Choice, options, w => WriteFields(w, options));

    internal static KmResult Read(ref DerReader list)
    {
        byte tag = list.PeekTag();
        if (tag == 0x82)
        {
            return new RevokeKeyResult(SerialNumber.Read(ref list, tag));
        }

        DerReader fields = ChoiceWriting.Open(ref list);
        KmResult result = tag switch
        {
            0xA0 => new ApplyKeyResult(RetKeyRespond.ReadFields(ref fields)),
            0xA1 => new RestoreKeyResult(RetKeyRespond.ReadFields(ref fields)),
            0xA2 => new RevokeKeyResult(SerialNumber.Read(ref fields)),
            0xA3 => ErrorResult.ReadFields(ref fields),
            _ => throw PkiException.Malformed($"Tag {tag:X2} is no respond."),
        };
        fields.ThrowIfNotEmpty();
        return result;
    }
}

/// <summary>A new encryption pair.</summary>
/// <param name="Key">The pair, its private key enveloped.</param>
public sealed record ApplyKeyResult(RetKeyRespond Key) : KmResult
{
    private protected override int Choice => 0;

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options) => Key.WriteFields(writer);
}

/// <summary>A recovered encryption pair.</summary>
/// <param name="Key">The pair, its private key enveloped.</param>
public sealed record RestoreKeyResult(RetKeyRespond Key) : KmResult
{
    private protected override int Choice => 1;

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options) => Key.WriteFields(writer);
}

// RevokeKeyRespond ::= SEQUENCE { userCertNo INTEGER }

/// <summary>The key has moved to the history store.</summary>
/// <param name="UserCertificateNumber">userCertNo.</param>
public sealed record RevokeKeyResult(SerialNumber UserCertificateNumber) : KmResult
{
    private protected override int Choice => 2;

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options) => UserCertificateNumber.Write(writer);
}

// ErrorPkgRespond ::= SEQUENCE { errNo INTEGER, errDesc [0] EXPLICIT ErrDesc OPTIONAL }

/// <summary>A refusal. The standard's numbers are not public; the partners agree on them.</summary>
/// <param name="Number">errNo.</param>
/// <param name="Description">errDesc, or null.</param>
public sealed record ErrorResult(int Number, string? Description) : KmResult
{
    private protected override int Choice => 3;

    internal static ErrorResult ReadFields(ref DerReader fields)
    {
        int number = fields.ReadInt32();
        string? text = null;
        if (fields.TryReadConstructed(0xA0, out DerReader wrapped))
        {
            if (wrapped.PeekTag() == DerTag.Sequence)
            {
                DerReader sequence = wrapped.ReadSequence();
                text = sequence.ReadString(sequence.PeekTag());
                sequence.ThrowIfNotEmpty();
            }
            else
            {
                byte tag = wrapped.PeekTag();
                text = tag == DerTag.OctetString ? wrapped.ReadString(tag, DerTag.Utf8String) : wrapped.ReadString(tag);
            }

            wrapped.ThrowIfNotEmpty();
        }

        return new ErrorResult(number, text);
    }

    private protected override void WriteFields(AsnWriter writer, Gmt0014Options options)
    {
        writer.WriteInteger(Number);
        if (Description is { } text)
        {
            using (writer.PushContext(0))
            {
                if (options.ErrorDescription == ErrorDescriptionForm.OctetString)
                {
                    writer.WriteOctetString(Encoding.UTF8.GetBytes(text));
                }
                else
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
                    }
                }
            }
        }
    }
}
