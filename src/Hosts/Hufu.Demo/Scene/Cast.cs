using Hufu.Devices;

namespace Hufu.Demo.Scene;

/// <summary>The people of the story. Each has a token and a PIN of their own; nobody holds two roles that exclude one another.</summary>
internal sealed class Cast(string directory) : IDisposable
{
    private readonly List<Person> people = [];

    /// <summary>A person with a fresh token; the PIN is written nowhere but here.</summary>
    public Person Add(string role, string name, KeyUse use = KeyUse.Signing)
    {
        var person = Person.WithToken(Path.Combine(directory, $"{people.Count + 1:00}-{role}"), role, name, $"pin-{people.Count + 1:00}-{role}", use);
        people.Add(person);
        return person;
    }

    /// <summary>How many people there are.</summary>
    public int Count => people.Count;

    /// <inheritdoc />
    public void Dispose() => people.ForEach(person => person.Dispose());
}
