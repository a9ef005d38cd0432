"""What is said while lips and sound are compared: the words of a shop, questions and numbers among them."""

SENTENCES = (
    "Hello, and welcome to the shop.",
    "The market opens at half past eight.",
    "That large lamp is on the far wall.",
    "Our father bought a car last March.",
    "I can show you all of our watches.",
    "It costs a hundred and forty nine pounds.",
    "Would you like to see it in another colour?",
    "We have five of them in stock today.",
    "The battery lasts for up to twelve days.",
    "My mother loves coffee and apple pie.",
    "Both bottles hold about half a litre.",
    "Perhaps a smaller bag would be better.",
    "The black one is lighter and far cheaper.",
    "Please ask me anything about our products.",
    "You can pay by card or by phone.",
    "Alan always walks past the old park.",
    "Sorry, we do not sell that any more.",
    "The warranty covers two whole years.",
    "Put the box on top of the bottom shelf.",
    "Thank you for coming, and have a good day.",
)
