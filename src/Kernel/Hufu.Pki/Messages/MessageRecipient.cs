using System.Formats.Asn1;
using Hufu.Crypto;

namespace Hufu.Pki;

// RecipientInfo ::= SEQUENCE { version, issuerAndSerialNumber (or [0] key identifier), keyEncryptionAlgorithm AlgorithmIdentifier, encryptedKey OCTET STRING }
// encryptedKey holds the DER of an SM2Cipher   (GM/T 0010 9; RFC 5652 6.2.1)

/// <summary>One recipient of a message: whom the content's key is encrypted for.</summary>
public sealed class MessageRecipient
{
    private MessageRecipient(PartyIdentifier identifier, AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> encryptedKey)
    {
        Identifier = identifier;
        Algorithm = algorithm;
        EncryptedKey = encryptedKey;
    }

    /// <summary>Which certificate.</summary>
    public PartyIdentifier Identifier { get; }

    /// <summary>SM2-3 as written; SM2-2 is read too.</summary>
    public AlgorithmIdentifier Algorithm { get; }

    /// <summary>The content's key under the recipient's key, as it came.</summary>
    public ReadOnlyMemory<byte> EncryptedKey { get; }

    internal static MessageRecipient Create(PartyIdentifier identifier, Sm2Cipher encryptedKey) => new(identifier, AlgorithmIdentifier.Sm2Encryption, encryptedKey.Encode());

    internal static MessageRecipient Create(PartyIdentifier identifier, Sm2PublicKey key, ReadOnlySpan<byte> contentKey) => Create(identifier, Sm2Cipher.Encrypt(key, contentKey));

    /// <summary>Reads RecipientInfos; choices other than key transport are skipped.</summary>
    internal static IReadOnlyList<MessageRecipient> ReadSet(ref DerReader outer)
    {
        DerReader set = outer.ReadSet();
        List<MessageRecipient> recipients = [];
        int count = 0;
        while (!set.IsEmpty)
        {
            if (++count > PkiLimits.SignersOrRecipients)
            {
                throw PkiException.TooLarge("The number of recipients", PkiLimits.SignersOrRecipients);
            }

            if (set.PeekTag() != DerTag.Sequence)
            {
                set.ReadEncoded();
                continue;
            }

            DerReader reader = set.ReadSequence();
            if (reader.ReadInt32() is < 0 or > 2)
            {
                throw PkiException.Unsupported("A RecipientInfo of another version than 0 to 2.");
            }

            PartyIdentifier identifier = PartyIdentifier.Read(ref reader);
            AlgorithmIdentifier algorithm = AlgorithmIdentifier.Read(ref reader);
            ReadOnlyMemory<byte> key = reader.ReadOctetString();
            reader.ThrowIfNotEmpty();
            recipients.Add(new MessageRecipient(identifier, algorithm, key));
        }

        return recipients;
    }

    internal void Write(AsnWriter writer, MessageSyntax syntax)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(syntax == MessageSyntax.Gm ? 1 : 0); // RFC 5652 6.2.1: 0 with issuer and serial
            Identifier.Write(writer);
            Algorithm.Write(writer);
            writer.WriteOctetString(EncryptedKey.Span);
        }
    }

    /// <summary>The ciphertext of the content's key.</summary>
    /// <param name="form">Which layouts to take.</param>
    /// <exception cref="PkiException">Another algorithm, or not a ciphertext of that form.</exception>
    public Sm2Cipher ReadKey(Sm2CipherForm form) => Algorithm.Oid is Oids.Sm2Encryption or Oids.Sm2KeyExchange or Oids.Sm2 && Algorithm.HasNoParameters
        ? Sm2Cipher.Decode(EncryptedKey, form)
        : throw PkiException.Unsupported($"The content's key is encrypted with {Algorithm.Oid}; only SM2 is offered.");
}
