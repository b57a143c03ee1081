namespace Hufu.Governance;

/// <summary>Whose certificates a profile makes.</summary>
public enum ProfileKind
{
    /// <summary>Holders': applied for at an RA.</summary>
    Holder,

    /// <summary>Staff's, from an appointment.</summary>
    Staff,

    /// <summary>The service keys of a room.</summary>
    Service,

    /// <summary>Certification authorities' and the key centre's own: the only ones with CA:TRUE.</summary>
    Authority,
}

/// <summary>Which key signs certificates of a profile.</summary>
public enum ProfileIssuer
{
    /// <summary>The operational CA.</summary>
    Operational,

    /// <summary>The root.</summary>
    Root,

    /// <summary>The KM organisation's key.</summary>
    KeyCentre,

    /// <summary>The certified key itself.</summary>
    Self,
}

/// <summary>How many pairs a holder gets.</summary>
public enum KeyPairs
{
    /// <summary>One certificate for the pair that the holder made.</summary>
    Single,

    /// <summary>双证书: a signing certificate for the holder's pair, an encryption certificate for a pair from the key centre.</summary>
    Dual,
}

/// <summary>Where a signing key is made and stays (6.6.2.1-b).</summary>
public enum KeyModule
{
    /// <summary>智能密码钥匙: an approved USB key; travels to its holder.</summary>
    UsbKey,

    /// <summary>智能卡: an approved smart card; travels to its holder.</summary>
    SmartCard,

    /// <summary>The server's own module, accelerator cards included.</summary>
    ServerModule,

    /// <summary>An approved card in an operated device; it never travels.</summary>
    DeviceCard,

    /// <summary>密码机: an approved machine; it never travels.</summary>
    Machine,
}

/// <summary>ASN.1 string types of subject attributes and extensions.</summary>
public enum ProfileString
{
    /// <summary>PrintableString.</summary>
    Printable,

    /// <summary>UTF8String.</summary>
    Utf8,

    /// <summary>IA5String.</summary>
    Ia5,
}

/// <summary>What a field of an application holds; decides how it is checked (R13).</summary>
public enum FieldKind
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>A person's real name.</summary>
    PersonName,

    /// <summary>统一社会信用代码, GB 32100: 18 characters with a checksum.</summary>
    CreditCode,

    /// <summary>公民身份号码, GB 11643: 18 characters with a checksum.</summary>
    IdentityNumber,

    /// <summary>Phone number: digits, with +, -, spaces, brackets.</summary>
    Phone,

    /// <summary>E-mail address.</summary>
    Email,

    /// <summary>Host name in ASCII (internationalised ones as xn--), no wildcard unless the profile allows.</summary>
    HostName,

    /// <summary>IPv4 or IPv6 address of one host.</summary>
    IpAddress,

    /// <summary>X.400 address, as <see cref="Hufu.Pki.X400Address"/> reads it.</summary>
    X400Address,

    /// <summary>Distinguished name (X.500), as <see cref="Hufu.Pki.DistinguishedName.Parse"/> reads it.</summary>
    DirectoryName,

    /// <summary>Number of a document that has no check digit: officer's card, passport, tax or insurance number; printable characters.</summary>
    DocumentNumber,

    /// <summary>The module in which the signing key was made, one of the profile's <see cref="CertificateProfile.Modules"/>, as the policy writes it: <c>usb-key</c>.</summary>
    KeyModule,
}

/// <summary>Kinds of subject alternative names.</summary>
public enum AlternativeNameKind
{
    /// <summary>dNSName.</summary>
    Dns,

    /// <summary>rfc822Name.</summary>
    Email,

    /// <summary>iPAddress.</summary>
    Ip,

    /// <summary>x400Address.</summary>
    X400,

    /// <summary>directoryName (X.500).</summary>
    Directory,
}

/// <summary>Identity extensions of the e-government certificate format, arc 1.2.156.10260.4.1 (standards 3.3).</summary>
public enum IdentityExtension
{
    /// <summary>identifyCode .1, choice residenterCardNumber [0] EXPLICIT PrintableString.</summary>
    ResidentCardNumber,

    /// <summary>identifyCode .1, choice militaryOfficerCardNumber [1] EXPLICIT UTF8String.</summary>
    OfficerCardNumber,

    /// <summary>identifyCode .1, choice passportNumber [2] EXPLICIT PrintableString.</summary>
    PassportNumber,

    /// <summary>insuranceNumber .2, PrintableString.</summary>
    InsuranceNumber,

    /// <summary>iCRegistrationNumber .3, PrintableString.</summary>
    RegistrationNumber,

    /// <summary>organizationCode .4, PrintableString; today the unified social credit code.</summary>
    OrganisationCode,

    /// <summary>taxationNumber .5, PrintableString.</summary>
    TaxationNumber,
}

/// <summary>Addresses that an issued certificate carries.</summary>
[Flags]
public enum ProfileAddresses
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>cRLDistributionPoints.</summary>
    Crl = 1,

    /// <summary>authorityInfoAccess: OCSP.</summary>
    Ocsp = 2,

    /// <summary>authorityInfoAccess: caIssuers.</summary>
    Issuer = 4,
}
