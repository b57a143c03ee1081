using Hufu.Ceremony.Script;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Ceremony.Play;

/// <summary>The table of a ceremony: who is there, which tokens are in, which devices are active, what was written.</summary>
internal sealed class CeremonyRoom(CeremonyScript script, TimeProvider clock, DeviceOptions options) : IDisposable
{
    private const int LargestInput = 64 << 20;
    private readonly Dictionary<string, SoftToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SoftwareDevice> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Certificate> _certificates = new(StringComparer.Ordinal);
    private readonly List<string> _written = [];

    public CeremonyScript Script => script;

    public string Id { get; } = SecureRandom.NewId();

    public DateTimeOffset Now => clock.GetUtcNow();

    public DeviceOptions Options => options;

    public KeyRegister Keys { get; } = new();

    /// <summary>Everybody who has shown that they are there.</summary>
    public IReadOnlyList<CeremonyPerson> People { get; private set; } = [];

    /// <summary>Files that came out, in the order of writing, relative.</summary>
    public IReadOnlyList<string> Written => _written;

    public void Present(IReadOnlyList<(CeremonyPerson Person, Certificate Certificate)> people)
    {
        People = [.. people.Select(p => p.Person)];
        foreach ((CeremonyPerson person, Certificate certificate) in people)
        {
            _certificates[person.Name] = certificate;
        }
    }

    public Certificate CertificateOf(ScriptPerson person) => _certificates.TryGetValue(person.Name, out Certificate? certificate)
        ? certificate
        : throw new CeremonyRefusal($"{person.Name} has not shown to be present.", "Begin the script with 'presence'.");

    /// <summary>A token that its holder is signed in to.</summary>
    public SoftToken Token(ScriptPerson person) => _tokens.TryGetValue(person.Name, out SoftToken? token)
        ? token
        : throw new CeremonyRefusal($"{person.Name} is not signed in.", "The step names everybody whose token it needs.");

    /// <summary>Puts a token on the table and signs its holder in.</summary>
    /// <returns>Null when signed in; else the tries left after a wrong PIN.</returns>
    public int? SignIn(ScriptPerson person, string pin)
    {
        SoftToken token = SoftToken.Open(Place(person.Token));
        try
        {
            token.VerifyPin(pin);
            _tokens.Add(person.Name, token);
            return null;
        }
        catch (DeviceException e) when (e.Error == DeviceError.PinIncorrect)
        {
            token.Dispose();
            return e.TriesLeft;
        }
        catch
        {
            token.Dispose();
            throw;
        }
    }

    /// <summary>Signs everybody out; keys in the tokens stop working (6.6.2.2-h).</summary>
    [Clause("6.6.2.2-h")]
    public void SignOut()
    {
        foreach (SoftToken token in _tokens.Values)
        {
            token.Dispose();
        }

        _tokens.Clear();
    }

    public IReadOnlyList<Sm2PublicKey> KeysOf(IEnumerable<ScriptPerson> people) => [.. people.Select(p =>
    {
        Certificate certificate = CertificateOf(p);
        return certificate.Allows(KeyUsages.KeyEncipherment)
            ? PersonToken.KeyOf(certificate)
            : throw new CeremonyRefusal($"The certificate of {p.Name} is not for receiving keys (keyEncipherment).", "Operators and share holders need certificates of the profile share-holder.");
    })];

    public SoftwareDevice Active(ScriptDevice device) => _active.TryGetValue(device.Name, out SoftwareDevice? active)
        ? active
        : throw new CeremonyRefusal($"The device {device.Name} is not active.", "An operator activates it first (step 'activate').");

    public void Activate(ScriptDevice device, ScriptPerson person)
    {
        if (_active.ContainsKey(device.Name))
        {
            throw new CeremonyRefusal($"The device {device.Name} is active already.", "Deactivate it first.");
        }

        _active.Add(device.Name, GuardedDevice.Activate(Place(device.Folder), Token(person).GetDecryptor(person.Container)));
    }

    public void Deactivate(ScriptDevice device)
    {
        Active(device).Dispose();
        _active.Remove(device.Name);
    }

    /// <summary>Opens a device's administration with the holders' shares. Not while it is active: an open device does not see what is changed beside it.</summary>
    [Clause("6.6.2.2-a")]
    public DeviceAdministration Administer(ScriptDevice device, IReadOnlyList<ScriptPerson> holders)
    {
        if (_active.ContainsKey(device.Name))
        {
            throw new CeremonyRefusal($"The device {device.Name} is active.", "Deactivate it before it is administered.");
        }

        string folder = Place(device.Folder);
        using ShareHand hand = Shares(holders, GuardedDevice.Administration(folder).Commitments);
        return GuardedDevice.Administer(folder, hand.Shares);
    }

    /// <summary>Opens the shares that these holders have on their tokens.</summary>
    public ShareHand Shares(IEnumerable<ScriptPerson> holders, ShareCommitments commitments)
    {
        List<SecretShare> shares = [];
        try
        {
            shares.AddRange(holders.Select(h => Share(h, commitments)));
            return new ShareHand(shares);
        }
        catch
        {
            shares.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <summary>One holder's share, verified.</summary>
    public SecretShare Share(ScriptPerson holder, ShareCommitments commitments)
    {
        SoftToken token = Token(holder);
        string name = PersonToken.ShareName(commitments);
        byte[] kept = token.Objects.Contains(name)
            ? token.ReadObject(name)
            : throw new CeremonyRefusal($"The token of {holder.Name} holds no share of this device or backup.", "Bring the token to which the share was dealt.");
        SecretShare share = SecretShare.Open(kept[0], kept.AsSpan(1), token.GetDecryptor(holder.Container));
        if (commitments.Verify(share))
        {
            return share;
        }

        share.Dispose();
        throw new CeremonyRefusal($"The share on the token of {holder.Name} is not the one that was dealt.", "Bring the right token; any other holder may stand in.");
    }

    /// <summary>Puts dealt shares on their holders' tokens, opens each one again and checks it.</summary>
    public void HandOut(ShareCommitments commitments, IReadOnlyList<ScriptPerson> holders, IReadOnlyList<DealtShare> shares)
    {
        for (int i = 0; i < holders.Count; i++)
        {
            Token(holders[i]).StoreObject(PersonToken.ShareName(commitments), [(byte)shares[i].Number, .. shares[i].EnvelopedShare]);
            Share(holders[i], commitments).Dispose();
        }
    }

    public string Place(string relative) => Path.GetFullPath(Path.Combine(script.Folder, relative));

    public byte[] Read(string file)
    {
        string path = Place(file);
        return new FileInfo(path) switch
        {
            { Exists: false } => throw new CeremonyRefusal($"The file {file} is not there.", "Bring it on a clean medium to the script's folder."),
            { Length: > LargestInput } => throw new CeremonyRefusal($"The file {file} is larger than {LargestInput} bytes.", "It is not what the step needs."),
            _ => File.ReadAllBytes(path),
        };
    }

    /// <summary>Writes a new file; an existing one is never replaced.</summary>
    public void Write(string file, ReadOnlySpan<byte> content)
    {
        string path = Place(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using FileStream stream = new(path, FileMode.CreateNew, FileAccess.Write);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException e)
        {
            throw new CeremonyRefusal($"The file {file} cannot be written: {e.Message}", "Each file of a ceremony is new: take another name or an empty folder.");
        }

        _written.Add(Path.GetRelativePath(script.Folder, path).Replace('\\', '/'));
    }

    public void Forget(string file) => _written.Remove(Path.GetRelativePath(script.Folder, Place(file)).Replace('\\', '/'));

    public IReadOnlyList<CeremonyFile> Files() => [.. _written.Select(name =>
    {
        byte[] content = File.ReadAllBytes(Place(name));
        return new CeremonyFile(name, content.Length, CeremonyTranscript.Digest(content));
    })];

    public static string Word(PersonRole role) => role switch
    {
        PersonRole.Leader => "leader",
        PersonRole.KeyManager => "key-manager",
        PersonRole.Operator => "operator",
        PersonRole.ShareHolder => "share-holder",
        _ => "witness",
    };

    /// <summary>Everything off: tokens signed out, devices deactivated (6.6.2.2-e).</summary>
    [Clause("6.6.2.2-e")]
    public void Dispose()
    {
        SignOut();
        foreach (SoftwareDevice device in _active.Values)
        {
            device.Dispose();
        }

        _active.Clear();
    }
}
