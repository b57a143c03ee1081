using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Demo.Scene;

/// <summary>What the chapters share: the platform's address, the people, what has been made so far, and the folder where it is left.</summary>
internal sealed class Stage : IDisposable
{
    public Stage(DemoOptions options)
    {
        Options = options;
        Platform = new PlatformClient(options.Platform, options.Clock);
        Log = new StoryLog(options.Output);
        Cast = new Cast(Path.Combine(options.OutDirectory, "tokens"));
        Mailbox = new Mailbox(options.MailDirectory);
    }

    public DemoOptions Options { get; }

    public PlatformClient Platform { get; }

    public StoryLog Log { get; }

    public Cast Cast { get; }

    public Mailbox Mailbox { get; }

    public DateTimeOffset Now => Options.Clock.GetUtcNow();

    /// <summary>The root's and the operational CA's certificates, once the CA is initialised.</summary>
    public Certificate Root { get; set; } = null!;

    public Certificate Ca { get; set; } = null!;

    /// <summary>The CA's business operator.</summary>
    public Person CaOperator { get; set; } = null!;

    /// <summary>录入员 and 审核员 of the RA.</summary>
    public Person Clerk { get; set; } = null!;

    public Person Vetter { get; set; } = null!;

    /// <summary>The organisation's agent with the pair that step 8 revokes.</summary>
    public Holder Organisation { get; set; } = null!;

    /// <summary>A ledger head that an auditor kept early in the story: the line as the platform gave it.</summary>
    public byte[] EarlierHead { get; set; } = [];

    /// <summary>Lines of both ceremonies for ceremony.md.</summary>
    public List<string> Ceremony { get; } = [];

    /// <summary>The document that the holder signs.</summary>
    public byte[] Document { get; set; } = [];

    /// <summary>Leaves a file in the out directory.</summary>
    public void Write(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(Path.Combine(Options.OutDirectory, name), bytes);

    /// <summary>Setup code of a room.</summary>
    public string SetupCode(string room) => Options.SetupCodes[room];

    /// <summary>The appointment that a person's request asks for.</summary>
    public async Task<Appointed> AppointAsync(Person appointer, string room, string role, Person person)
    {
        var appointed = await Platform.ActAsync<Appointed>(
            appointer, room, $"/api/{room}/staff", ActNames.StaffAppoint, $"role/{role}", "-", new Appointment(role, person.Request()));
        person.Receive(appointed.Certificate);
        return appointed;
    }

    /// <summary>People set their user names and passwords, each with their own token.</summary>
    public async Task<string> OpenAccountsAsync(string room, params Person[] people)
    {
        foreach (var person in people)
        {
            await Platform.ActAsync<AccountOpened>(
                person, room, $"/api/{room}/account", ActNames.AccountOpen, $"account/{person.UserName}", "-", new AccountOpening(person.UserName, Person.Password, Hufu.Crypto.SecureRandom.NewId()));
        }

        return string.Join(", ", people.Select(person => person.UserName));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Organisation?.Dispose();
        Cast.Dispose();
        Platform.Dispose();
    }
}
