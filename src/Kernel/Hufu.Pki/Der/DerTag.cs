namespace Hufu.Pki;

/// <summary>Identifier octets (X.690 8.1.2) that the structures here use. Tag numbers above 30 do not occur in any of them.</summary>
internal static class DerTag
{
    internal const byte Boolean = 0x01, Integer = 0x02, BitString = 0x03, OctetString = 0x04, Null = 0x05, ObjectIdentifier = 0x06, Enumerated = 0x0A;
    internal const byte Utf8String = 0x0C, NumericString = 0x12, PrintableString = 0x13, TeletexString = 0x14, Ia5String = 0x16, UtcTime = 0x17;
    internal const byte GeneralizedTime = 0x18, VisibleString = 0x1A, UniversalString = 0x1C, BmpString = 0x1E, Sequence = 0x30, Set = 0x31;

    internal static byte Context(int number) => (byte)(0x80 | number);

    internal static byte ContextConstructed(int number) => (byte)(0xA0 | number);
}
