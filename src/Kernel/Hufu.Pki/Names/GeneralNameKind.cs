namespace Hufu.Pki;

/// <summary>The choices of GeneralName; the number is the context tag (RFC 5280 4.2.1.6).</summary>
public enum GeneralNameKind
{
    /// <summary>otherName: a type and a value.</summary>
    Other = 0,

    /// <summary>rfc822Name: a mail address.</summary>
    Email = 1,

    /// <summary>dNSName.</summary>
    Dns = 2,

    /// <summary>x400Address; kept as bytes.</summary>
    X400Address = 3,

    /// <summary>directoryName.</summary>
    Directory = 4,

    /// <summary>ediPartyName; kept as bytes.</summary>
    EdiParty = 5,

    /// <summary>uniformResourceIdentifier.</summary>
    Uri = 6,

    /// <summary>iPAddress.</summary>
    IpAddress = 7,

    /// <summary>registeredID.</summary>
    RegisteredId = 8,
}
