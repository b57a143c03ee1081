namespace Hufu.Pki;

/// <summary>What a certification request's own signature proves, told apart so that a refusal can name the mistake.</summary>
public enum Possession
{
    /// <summary>The requester has the private key: SM2 over SM3(Z || info) with the default user id, or ECDSA for P-256.</summary>
    Proven,

    /// <summary>The signature verifies in no way under the key in the request: another key signed, or the request was changed.</summary>
    WrongKey,

    /// <summary>The signature was made over SM3(info) without Z. Refused; the requester must sign with Z and the default user id.</summary>
    WithoutZ,

    /// <summary>Z was computed with an empty user id, as OpenSSL does without <c>-sigopt distid:1234567812345678</c>. Refused.</summary>
    EmptyId,
}
