namespace Hufu.Pki;

/// <summary>Layouts of an SM2 ciphertext met in the field.</summary>
public enum Sm2CipherForm
{
    /// <summary>DER SM2Cipher of GM/T 0009: the only form that is written here.</summary>
    Der,

    /// <summary>04 || C1 || C3 || C2.</summary>
    PrefixedC1C3C2,

    /// <summary>C1 || C2 || C3 without 04: old middleware. Never guessed, only by choice.</summary>
    BareC1C2C3,

    /// <summary>DER or 04 || C1 || C3 || C2, told apart by the first byte.</summary>
    Any,
}
