namespace Hufu.Pki.Linting;

/// <summary>What can be wrong with an entry of a list.</summary>
internal enum EntryFault
{
    SerialNotPositive,
    SerialTooLong,
    SerialRepeated,
    TimeType,
    RevokedAfterThisUpdate,
    ExtensionsEmpty,
    ExtensionRepeated,
    ExtensionUnknownCritical,
    ReasonUnreadable,
    ReasonUnspecified,
    ReasonCritical,
    RemoveOutsideDelta,
    AuthorityReason,
    InvalidityUnreadable,
    InvalidityCritical,
    InvalidityAfterRevocation,
    CertificateIssuerNotCritical,
    HoldInstruction,
}

/// <summary>One pass over the entries of a list: how often each fault occurs, and the serial of its first entry. Memory is a serial's size an entry, up to <see cref="MostSerials"/>.</summary>
internal sealed class RevokedEntrySurvey
{
    /// <summary>Repeated serials are looked for in the first so many entries.</summary>
    internal const int MostSerials = 1_000_000;

    private const string HoldInstructionCode = "2.5.29.23";
    private static readonly int s_faults = Enum.GetValues<EntryFault>().Length;
    private readonly int[] _counts = new int[s_faults];
    private readonly string?[] _first = new string?[s_faults];

    internal int Total { get; private set; }

    internal int Count(EntryFault fault) => _counts[(int)fault];

    internal string? First(EntryFault fault) => _first[(int)fault];

    internal static RevokedEntrySurvey Take(ReadOnlyMemory<byte> entries, DateTimeOffset thisUpdate, bool isDelta)
    {
        RevokedEntrySurvey survey = new();
        HashSet<SerialNumber> serials = [];
        for (DerReader list = new(entries); !list.IsEmpty; survey.Total++)
        {
            DerReader entry = list.ReadSequence();
            SerialNumber serial = new(entry.ReadInteger(64));
            survey.Add(EntryFault.SerialNotPositive, !serial.IsPositive, serial);
            survey.Add(EntryFault.SerialTooLong, serial.Content.Length > SerialNumber.MaxSize, serial);
            survey.Add(EntryFault.SerialRepeated, serials.Count < MostSerials && !serials.Add(serial), serial);
            byte tag = entry.PeekTag();
            DateTimeOffset revoked = entry.ReadTime();
            survey.Add(EntryFault.TimeType, tag == DerTag.GeneralizedTime == revoked.Year is >= 1950 and < 2050, serial);
            survey.Add(EntryFault.RevokedAfterThisUpdate, revoked > thisUpdate, serial);
            if (!entry.IsEmpty)
            {
                DerReader extensions = entry.ReadSequence();
                entry.ThrowIfNotEmpty();
                survey.Add(EntryFault.ExtensionsEmpty, extensions.IsEmpty, serial);
                survey.Look(ref extensions, serial, revoked, isDelta);
            }
        }

        return survey;
    }

    private void Look(ref DerReader extensions, SerialNumber serial, DateTimeOffset revoked, bool isDelta)
    {
        List<string> seen = new(2);
        while (!extensions.IsEmpty)
        {
            CertificateExtension extension = CertificateExtension.Read(ref extensions);
            Add(EntryFault.ExtensionRepeated, seen.Contains(extension.Oid), serial);
            if (seen.Count == PkiLimits.Extensions)
            {
                throw PkiException.TooLarge("An entry's number of extensions", PkiLimits.Extensions);
            }

            seen.Add(extension.Oid);
            switch (extension.Oid)
            {
                case Oids.ReasonCode:
                    Add(EntryFault.ReasonCritical, extension.Critical, serial);
                    LookAtReason(extension, serial, isDelta);
                    break;
                case Oids.InvalidityDate:
                    Add(EntryFault.InvalidityCritical, extension.Critical, serial);
                    LookAtInvalidity(extension, serial, revoked);
                    break;
                case Oids.CertificateIssuer:
                    Add(EntryFault.CertificateIssuerNotCritical, !extension.Critical, serial);
                    break;
                case HoldInstructionCode:
                    Add(EntryFault.HoldInstruction, true, serial);
                    break;
                default:
                    Add(EntryFault.ExtensionUnknownCritical, extension.Critical, serial);
                    break;
            }
        }
    }

    private void LookAtReason(CertificateExtension extension, SerialNumber serial, bool isDelta)
    {
        try
        {
            DerReader value = new(extension.Value);
            RevocationReason reason = RevokedEntry.ReadReason(ref value);
            value.ThrowIfNotEmpty();
            Add(EntryFault.ReasonUnspecified, reason == RevocationReason.Unspecified, serial);
            Add(EntryFault.RemoveOutsideDelta, reason == RevocationReason.RemoveFromCrl && !isDelta, serial);
            Add(EntryFault.AuthorityReason, reason == RevocationReason.AaCompromise, serial);
        }
        catch (PkiException)
        {
            Add(EntryFault.ReasonUnreadable, true, serial);
        }
    }

    private void LookAtInvalidity(CertificateExtension extension, SerialNumber serial, DateTimeOffset revoked)
    {
        try
        {
            DerReader value = new(extension.Value);
            DateTimeOffset invalid = value.ReadGeneralizedTime();
            value.ThrowIfNotEmpty();
            Add(EntryFault.InvalidityAfterRevocation, invalid > revoked, serial);
        }
        catch (PkiException)
        {
            Add(EntryFault.InvalidityUnreadable, true, serial);
        }
    }

    private void Add(EntryFault fault, bool found, SerialNumber serial)
    {
        if (found && _counts[(int)fault]++ == 0)
        {
            _first[(int)fault] = serial.ToString();
        }
    }
}
